import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunSpec } from "../../driver.ts";
import { claimFolder, removeClaimed } from "../../shared/claimed-folder.ts";

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

  /** @throws AppError `start.refused`, `data.*`, as `claimFolder` does */
  create(spec: RunSpec): Promise<void> {
    return claimFolder(this.path, spec, async () => {
      await mkdir(this.spool, { mode: 0o700 });
      await mkdir(this.screenshots, { recursive: true });
      await writeFile(join(this.shared, "input.json"), spec.inputJson);
      // The user inside the container is another one; modes are set apart because mkdir obeys the umask.
      await Promise.all([
        chmod(this.shared, 0o755),
        chmod(this.screenshots, 0o777),
        chmod(join(this.shared, "input.json"), 0o644),
      ]);
    });
  }

  remove(): Promise<void> {
    return removeClaimed(this.path);
  }
}
