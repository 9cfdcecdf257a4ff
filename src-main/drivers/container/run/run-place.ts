import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#contract/errors.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { RunSpec } from "../../driver.ts";

/** Where the private folder of a run appears in its container. */
export const SHARED_MOUNT = "/pilothouse";

/** The places of one run on this computer, below the driver's folder of runs. */
export class RunPlace {
  readonly path: string;

  constructor(runsFolder: string, runId: string) {
    this.path = join(runsFolder, runId);
  }

  /** Seen by the container as `/pilothouse`. Nobody else gets to it, because the folder above is private. */
  get shared(): string {
    return join(this.path, "shared");
  }

  get screenshots(): string {
    return join(this.shared, "screenshots");
  }

  get stopFile(): string {
    return join(this.shared, "stop");
  }

  get spool(): string {
    return join(this.path, "spool");
  }

  get loads(): string {
    return join(this.path, "load.jsonl");
  }

  /**
   * Makes the folder of one run. It is also the mark that this run was started: there is never a second one.
   *
   * @throws AppError `start.refused` when the run was started before; `data.*` when the disk refuses
   */
  async create(spec: RunSpec): Promise<void> {
    try {
      await mkdir(this.path, { mode: 0o700 });
    } catch (error) {
      if (systemCodeOf(error) !== "EEXIST") throw toDataError(error, this.path);
      const details = { command: spec.command[0] ?? "", problem: "a run with this id was started before" };
      throw new AppError("start.refused", "This run was started before", { details, cause: error });
    }
    try {
      await mkdir(this.spool, { mode: 0o700 });
      await mkdir(this.screenshots, { recursive: true });
      await writeFile(join(this.shared, "input.json"), spec.inputJson);
      // The user inside the container is another one; modes are set apart because mkdir obeys the umask.
      await Promise.all([
        chmod(this.shared, 0o755),
        chmod(this.screenshots, 0o777),
        chmod(join(this.shared, "input.json"), 0o644),
      ]);
    } catch (error) {
      await this.remove();
      throw toDataError(error, this.path);
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
