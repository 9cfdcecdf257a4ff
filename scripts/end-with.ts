import { LaunchError } from "../bin/runtime.mjs";

/** Runs `work`; an expected failure becomes its sentence and its exit code, without a stack. */
export async function endWith(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
