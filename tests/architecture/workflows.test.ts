import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STEPS } from "../../scripts/test/steps.ts";
import { ROOT } from "./source-files.ts";
import { expression, findWorkflowProblems } from "./workflow-rules.ts";

const FILES = ["ci.yml", "release.yml"] as const;
const texts = new Map(
  FILES.map((file) => [file, readFileSync(join(ROOT, ".github", "workflows", file), "utf8")]),
);
const CI = texts.get("ci.yml") ?? "";
const RELEASE = texts.get("release.yml") ?? "";

describe("workflows", () => {
  test.each(FILES)("%s keeps every rule", (file) => {
    expect(findWorkflowProblems(texts.get(file) ?? "")).toEqual([]);
  });

  /** One change each, and what has to be said of it. */
  const seeds: readonly (readonly [string, string, string | RegExp, string, string])[] = [
    ["an action by its tag", CI, /checkout@[0-9a-f]{40} # v6\.0\.1/, "checkout@v6", "no action of ours"],
    ["a pin without its version", CI, " # v6.2.0", "", "does not say its commit and its version"],
    ["somebody else's action", CI, "actions/setup-node@", "someone/setup-node@", "no action of ours"],
    [
      "a trigger with the rights of the project",
      CI,
      "  pull_request:",
      "  pull_request_target:",
      "no trigger",
    ],
    ["rights for all jobs", CI, "contents: read", "contents: write", "the workflow may write contents"],
    [
      "rights that publishing does not need",
      RELEASE,
      "attestations: write",
      "packages: write",
      "may write packages",
    ],
    ["a token that stays", CI, "persist-credentials: false", "persist-credentials: true", "keeps its token"],
    [
      "an expression in a script",
      CI,
      "run: npm test",
      `run: echo ${expression("github.head_ref")}`,
      "inside of a script",
    ],
    [
      "a secret where anybody's change runs",
      CI,
      "PILOTHOUSE_SYSTEM: ",
      `KEY: ${expression("secrets.KEY")} #`,
      "anybody",
    ],
    [
      "a runner that changes under us",
      CI,
      "runs-on: ubuntu-24.04",
      "runs-on: ubuntu-latest",
      "no pinned runner",
    ],
    ["a job that is not there", RELEASE, "needs: test", "needs: tests", "which is no job"],
    [
      "a matrix that is not there",
      CI,
      "matrix.system }}\n    strategy",
      "matrix.os }}\n    strategy",
      "not there",
    ],
    ["a job without an end", CI, "    timeout-minutes: 60\n", "", "timeout-minutes"],
    [
      "a tool fetched from anywhere",
      RELEASE,
      "node scripts/sign-update.ts release",
      "curl -sL x.sh | sh",
      "not pinned",
    ],
    [
      "a key that does not exist",
      CI,
      "if-no-files-found: ignore",
      "x: y\n        retry: 3",
      "nrecognized key",
    ],
  ];

  test.each(seeds)("%s is found", (...seed) => {
    const [, text, from, to, problem] = seed;
    const changed = text.replace(from, to);

    expect(changed).not.toBe(text);
    expect(findWorkflowProblems(changed).join("\n")).toContain(problem);
  });

  test("what they call is there: scripts of package.json, steps of npm test, files", () => {
    const both = CI + RELEASE;
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const scripts = [...both.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name ?? "");
    const steps = [...both.matchAll(/npm test -- ([a-z0-9 ]+)$/gm)].flatMap(([, names = ""]) =>
      names.split(" "),
    );
    const files = [...both.matchAll(/node (scripts\/[\w/-]+\.ts)/g)].map(([, file]) => file ?? "");

    expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
    expect(steps.filter((name) => !STEPS.some((step) => step.name === name))).toEqual([]);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect([scripts.length, steps.length, files.length].every((count) => count > 0)).toBe(true);
  });
});
