import {
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { RunId } from "#contract/ids.ts";
import type { RunSpec } from "../driver.ts";
import { claimFolder, removeClaimed } from "../shared/claimed-folder.ts";
import { SPOOL_FOLDER, WATCH_FOLDER } from "./supervisor/order.ts";

const OWNER_WRITE = 0o200;

/** The places of one run below the driver's folder of runs. */
export class RunFolder {
  readonly path: string;
  readonly runId: RunId;

  constructor(runsFolder: string, runId: RunId) {
    this.runId = runId;
    this.path = join(runsFolder, runId);
  }

  /** Private copy of the release, and the run's working folder. */
  get work(): string {
    return join(this.path, "work");
  }

  get screenshots(): string {
    return join(this.path, "screenshots");
  }

  get spool(): string {
    return join(this.path, SPOOL_FOLDER);
  }

  get watch(): string {
    return join(this.path, WATCH_FOLDER);
  }

  /** Appears on a soft stop. */
  get stopFile(): string {
    return join(this.path, "stop");
  }

  /** @throws AppError `start.refused`, `data.*`, as `claimFolder` does */
  create(spec: RunSpec): Promise<void> {
    return claimFolder(this.path, spec, async () => {
      const places = [this.screenshots, this.spool, this.watch];
      await Promise.all([
        ...places.map((path) => mkdir(path, { mode: 0o700 })),
        copyTree(spec.releaseFolder, this.work),
      ]);
      await writeFile(join(this.work, "input.json"), spec.inputJson, { mode: 0o600 });
    });
  }

  remove(): Promise<void> {
    return removeClaimed(this.path);
  }
}

/** Copies a release; the copy is the run's own and writable, whatever the release is. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const source = join(from, entry.name);
      const target = join(to, entry.name);
      if (entry.isDirectory()) await copyTree(source, target);
      else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
      else await copyOne(source, target);
    }),
  );
}

async function copyOne(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  const { mode } = await lstat(target);
  if ((mode & OWNER_WRITE) === 0) await chmod(target, mode | OWNER_WRITE);
}
