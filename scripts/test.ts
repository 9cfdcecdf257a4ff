import { runSteps } from "./test/run-steps.ts";
import { pickSteps, type Step } from "./test/steps.ts";

let steps: readonly Step[] = [];
try {
  steps = pickSteps(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
if (steps.length > 0) await runSteps(steps);
