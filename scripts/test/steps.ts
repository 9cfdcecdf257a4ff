import type { ToolName } from "./system-tools.ts";

export type StepName =
  | "types"
  | "lint"
  | "boundaries"
  | "dead-exports"
  | "unit"
  | "architecture"
  | "contract"
  | "build"
  | "integration"
  | "faults"
  | "security"
  | "packaging"
  | "e2e";

/** How a step's result is counted: a tool is one test, a suite says itself how many it has. */
export type StepKind = "tool" | "vitest" | "playwright";

export interface Step {
  readonly name: StepName;
  readonly kind: StepKind;
  /** What Node runs, relative to the project folder, with its arguments. */
  readonly command: readonly string[];
  /** Whether it drives the built program. */
  readonly needsBuild: boolean;
  /** Programs and files of the system without which it cannot run. */
  readonly tools: readonly ToolName[];
  /** Variables of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** A step that takes longer than this hangs; it is ended and counts as failed. */
  readonly deadlineMs: number;
}

const MINUTE_MS = 60_000;

function tool(name: StepName, command: readonly string[]): Step {
  return { name, kind: "tool", command, needsBuild: false, tools: [], deadlineMs: 5 * MINUTE_MS };
}

function suite(name: StepName, tools: readonly ToolName[], needsBuild: boolean): Step {
  const command = ["node_modules/vitest/vitest.mjs", "run", "--project", name];
  return { name, kind: "vitest", command, needsBuild, tools, deadlineMs: 10 * MINUTE_MS };
}

/** A real Secret Service on a bus of its own. */
const KEYRING: readonly ToolName[] = ["keyring", "libsecret", "bus", "gdbus"];

/** Engines that the suites start for themselves, and what their smallest image is made of. */
const ENGINES: readonly ToolName[] = ["docker", "podman", "busybox"];

/** Everything `npm test` runs, in this order: what is quick and breaks often comes first. */
export const STEPS: readonly Step[] = [
  // From scratch: what is kept of the last check misses that a text's key is gone, or is there again, because files
  // that use it do not import it.
  tool("types", ["node_modules/typescript/bin/tsc", "-b", "--force"]),
  tool("lint", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"]),
  tool("boundaries", ["scripts/test/boundaries.ts"]),
  tool("dead-exports", ["node_modules/knip/bin/knip.js"]),
  suite("unit", [], false),
  suite("architecture", [], false),
  suite("contract", ["python3", "venv", "ps", ...ENGINES, ...KEYRING], false),
  tool("build", ["scripts/build.ts", "--force"]),
  suite(
    "integration",
    ["browser", "python3", "venv", "ps", "fonts", "compose", "openssl", "ssh", ...ENGINES, ...KEYRING],
    true,
  ),
  {
    ...suite("faults", ["strace", "faketime", "python3", "ps", ...ENGINES], true),
    // A thousand containers of a real engine are among them: two minutes of two processors, and more of busy ones.
    deadlineMs: 25 * MINUTE_MS,
  },
  // Longer than one of its flows may take, so that the flow says what was slow.
  {
    ...suite("security", ["browser", "python3", "ps", "strace", ...KEYRING], true),
    deadlineMs: 20 * MINUTE_MS,
  },
  suite("packaging", ["browser", "fonts", "dpkg", "fakeroot", "rpm", "desktop-files", "apparmor"], true),
  {
    name: "e2e",
    kind: "playwright",
    command: ["node_modules/@playwright/test/cli.js", "test"],
    needsBuild: true,
    tools: ["browser", "fonts", "python3", "ps", "compose", ...ENGINES],
    // The desktop that is driven is the one taken out of its packaged archive, as people get it.
    ...(process.platform === "linux" ? { env: { PILOTHOUSE_TEST_PACKED: "1" } } : {}),
    // Every spec runs on the desktop, and some in the browser as well.
    deadlineMs: 30 * MINUTE_MS,
  },
];

/** What `npm run check` runs: what needs neither a build nor anything of the system. */
export const CHECK_STEPS: readonly StepName[] = [
  "types",
  "lint",
  "boundaries",
  "dead-exports",
  "unit",
  "architecture",
];

/**
 * The steps with these names in their order (all when none is named), with a build where one of them drives the
 * built program.
 *
 * @throws Error that names an unknown step.
 */
export function pickSteps(names: readonly string[]): readonly Step[] {
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no step ${unknown}. Steps: ${STEPS.map((step) => step.name).join(", ")}.`);
  }
  if (names.length === 0) return STEPS;
  const isBuildNeeded = STEPS.some((step) => names.includes(step.name) && step.needsBuild);
  return STEPS.filter((step) => names.includes(step.name) || (step.name === "build" && isBuildNeeded));
}
