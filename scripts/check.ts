import { runSteps } from "./test/run-steps.ts";
import { CHECK_STEPS, pickSteps } from "./test/steps.ts";

await runSteps(pickSteps(CHECK_STEPS));
