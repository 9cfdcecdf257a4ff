import { parse } from "yaml";
import { z } from "zod";

const permissionsSchema = z.record(z.string(), z.enum(["read", "write", "none"]));
const stepSchema = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  "working-directory": z.string().optional(),
});
type Step = z.infer<typeof stepSchema>;
const jobSchema = z.strictObject({
  name: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  strategy: z
    .strictObject({ "fail-fast": z.boolean().optional(), matrix: z.record(z.string(), z.array(z.string())) })
    .optional(),
  "runs-on": z.string(),
  "timeout-minutes": z.int().max(90),
  permissions: permissionsSchema.optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(stepSchema).min(1),
});
type Job = z.infer<typeof jobSchema>;
/** What workflows of this project are made of. A key that is not here is a mistake, or wants a rule first. */
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: permissionsSchema,
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(z.string(), jobSchema),
});

/** Events that run the workflow of the branch itself, with no more rights than its author has. */
const TRIGGERS = ["push", "pull_request"];
/** Rights beyond reading, and the one job that has them. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  publish: ["attestations", "contents", "id-token"],
};
const RUNNERS = ["ubuntu-24.04", "ubuntu-24.04-arm", "windows-2025", "macos-15", "macos-15-intel"];
const ACTIONS = ["checkout", "setup-node", "upload-artifact", "download-artifact", "attest-build-provenance"];
const PINNED = /^actions\/([a-z-]+)@[0-9a-f]{40}$/;
const EACH_SYSTEM = expression("matrix.system");
const EXPRESSION = /\$\{\{([^}]*)\}\}/g;

/** One sentence per rule that a workflow breaks; empty for one that may be merged. */
export function findWorkflowProblems(text: string): readonly string[] {
  const read = workflowSchema.safeParse(parse(text));
  if (!read.success) return read.error.issues.map(({ message, path }) => `${path.join(".")}: ${message}`);
  const { jobs, on, permissions } = read.data;
  return [
    ...Object.keys(on)
      .filter((trigger) => !TRIGGERS.includes(trigger))
      .map((trigger) => `${trigger} is no trigger of ours`),
    ...Object.entries(permissions).flatMap(([right, level]) =>
      level === "write" ? [`the workflow may write ${right}`] : [],
    ),
    ...(text.includes("secrets.") && "pull_request" in on ? ["a change from anybody would see secrets"] : []),
    ...versionProblems(text),
    ...Object.entries(jobs).flatMap(([id, job]) =>
      jobProblems(id, job, Object.keys(jobs)).map((problem) => `${id}: ${problem}`),
    ),
  ];
}

/** Behind each pin stands the version that it is, for people. */
function versionProblems(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.includes("uses:") && !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
    .map((line) => `${line.trim()} does not say its commit and its version`);
}

function jobProblems(id: string, job: Job, jobs: readonly string[]): string[] {
  const needs = typeof job.needs === "string" ? [job.needs] : (job.needs ?? []);
  const matrix = job.strategy?.matrix ?? {};
  const runners = job["runs-on"] === EACH_SYSTEM ? (matrix["system"] ?? []) : [job["runs-on"]];
  const writes = Object.entries(job.permissions ?? {})
    .filter(([, level]) => level === "write")
    .map(([right]) => right);
  return [
    ...needs.filter((need) => !jobs.includes(need)).map((need) => `needs ${need}, which is no job`),
    ...runners.filter((runner) => !RUNNERS.includes(runner)).map((runner) => `${runner} is no pinned runner`),
    ...writes.filter((right) => WRITERS[id]?.includes(right) !== true).map((right) => `may write ${right}`),
    ...matrixProblems(job, matrix),
    ...job.steps.flatMap((step) => stepProblems(step)),
  ];
}

function matrixProblems(job: Job, matrix: Readonly<Record<string, unknown>>): string[] {
  const used = [...JSON.stringify(job).matchAll(/matrix\.([a-z]+)/g)].map(([, name]) => name ?? "");
  return [...new Set(used)].filter((name) => !(name in matrix)).map((name) => `matrix.${name} is not there`);
}

function stepProblems(step: Step): string[] {
  const { run, uses } = step;
  const action = uses === undefined ? null : (PINNED.exec(uses)?.[1] ?? "");
  return [
    ...((run === undefined) === (uses === undefined) ? ["a step either runs or uses"] : []),
    ...(action !== null && !ACTIONS.includes(action)
      ? [`${uses} is no action of ours, pinned by commit`]
      : []),
    ...(action === "checkout" && step.with?.["persist-credentials"] !== false
      ? ["checkout keeps its token"]
      : []),
    // Whatever an expression stands for would be read as part of the script.
    ...(run !== undefined && run.search(EXPRESSION) >= 0 ? ["an expression inside of a script"] : []),
    ...(run !== undefined && /curl|wget|npm i(?:nstall)? |npx (?!--no-install)/.test(run)
      ? ["a script fetches what is not pinned"]
      : []),
    ...secretProblems(step),
  ];
}

/** A secret is handed to one step, by a variable of its own. */
function secretProblems(step: Step): string[] {
  const { env: _env, ...rest } = step;
  return JSON.stringify(rest).includes("secrets.") ? ["a secret outside of a step's variables"] : [];
}

/** As GitHub writes one. */
export function expression(text: string): string {
  return ["$", "{{ ", text, " }}"].join("");
}
