import { runStep } from "./run-step.ts";
import { notRun, renderSummary, type StepResult } from "./step-result.ts";
import type { Step } from "./steps.ts";
import { findMissingTools, installTools, SYSTEM_TOOLS, type ToolName } from "./system-tools.ts";

/** Runs `steps` one after the other, prints the summary and sets the exit code. Never stops at the first failure. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const shortage = await bringTools(steps);
  const results: StepResult[] = [];
  for (const step of steps) {
    const obstacle = obstacleOf(step, { shortage, results });
    if (obstacle === null) console.log(`\n== ${step.name}`);
    const result = obstacle === null ? await runStep(step) : notRun(step.name, obstacle);
    results.push(result);
    console.log(resultLine(result));
  }
  console.log(renderSummary(results));
  process.exitCode = results.some((result) => result.failed > 0) ? 1 : 0;
}

interface Shortage {
  readonly missing: readonly ToolName[];
  /** Why it could not be installed. */
  readonly reason: string;
}

async function bringTools(steps: readonly Step[]): Promise<Shortage> {
  const wanted = steps.flatMap((step) => step.tools);
  const missing = await findMissingTools(wanted);
  if (missing.length === 0) return { missing, reason: "" };
  const reason = (await installTools(missing)) ?? "apt-get said it is installed, but it cannot be found";
  return { missing: await findMissingTools(missing), reason };
}

function obstacleOf(
  step: Step,
  soFar: { shortage: Shortage; results: readonly StepResult[] },
): string | null {
  const lacking = step.tools.filter((name) => soFar.shortage.missing.includes(name));
  if (lacking.length > 0) {
    return `it needs ${lacking.map((name) => SYSTEM_TOOLS[name].title).join(", ")}; ${soFar.shortage.reason}`;
  }
  const build = soFar.results.find((result) => result.name === "build");
  return step.needsBuild && build !== undefined && build.failed > 0 ? "the build failed" : null;
}

function resultLine(result: StepResult): string {
  const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`;
  return `-- ${result.name}: ${counts} (${(result.wallMs / 1_000).toFixed(1)} s)`;
}
