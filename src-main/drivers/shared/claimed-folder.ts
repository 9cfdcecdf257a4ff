import { mkdir, rm } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { RunSpec } from "../driver.ts";

/**
 * Makes the folder of one run and lets `fill` put into it what the run needs. It is also the mark that this run was
 * started: there is never a second one. A folder that could not be filled is gone again.
 *
 * @throws AppError `start.refused` when the run was started before; `data.*` when the disk refuses
 */
export async function claimFolder(
  folder: string,
  { command }: Pick<RunSpec, "command">,
  fill: () => Promise<void>,
): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) !== "EEXIST") throw toDataError(error, folder);
    const details = { command: command[0] ?? "", problem: "a run with this id was started before" };
    throw new AppError("start.refused", "This run was started before", { details, cause: error });
  }
  try {
    await fill();
  } catch (error) {
    await removeClaimed(folder);
    throw toDataError(error, folder);
  }
}

export async function removeClaimed(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
