import { fileURLToPath } from "node:url";
import { type CoreHarness, openCore } from "#tests/helpers/core-harness.ts";

/** The script of the threads that seal and search, as it ships. */
export const BUILT_LOG_WORKER = fileURLToPath(new URL("../dist/main/log-worker.js", import.meta.url));

/** A core on a folder of its own, with the supervisor as it ships: built, not from its source. */
export async function openBuiltCore(): Promise<CoreHarness> {
  return await openCore({
    supervisorScript: fileURLToPath(new URL("../dist/main/run-supervisor.js", import.meta.url)),
  });
}
