import { copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "#core/clock.ts";
import { syncFolder, systemCodeOf } from "#main/platform/index.ts";
import { openForWriting } from "./database.ts";
import { findDamage } from "./health.ts";
import { type Snapshots, stamp } from "./snapshots.ts";

/** What was done about a database that could not be used. */
export interface StoreRecovery {
  /** Where the damaged file lies now; null when there was none (it had vanished). */
  readonly keptAs: string | null;
  /** The copy that took its place; null when there was no good one, and the store began empty. */
  readonly restoredFrom: string | null;
  /** What was wrong, one English phrase. */
  readonly problem: string;
}

export interface RepairDeps {
  /** The data folder. */
  readonly folder: string;
  readonly database: string;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
}

/** Puts the damaged file aside, with its journal, and the newest good copy in its place. Deletes nothing. */
export async function repair(deps: RepairDeps, problem: string): Promise<StoreRecovery> {
  const draft = `${deps.database}.restoring`;
  const restoredFrom = await copyNewestGood(deps.snapshots, draft);
  const keptAs = await putAside(deps);
  if (restoredFrom !== null) await rename(draft, deps.database);
  await syncFolder(deps.folder);
  return { keptAs, restoredFrom, problem };
}

async function copyNewestGood(snapshots: Snapshots, draft: string): Promise<string | null> {
  for (const snapshot of await snapshots.list()) {
    await copyFile(snapshot, draft);
    if (isSound(draft)) {
      await syncFile(draft);
      return snapshot;
    }
    await Promise.all(["", "-wal", "-shm"].map((end) => rm(draft + end, { force: true })));
  }
  return null;
}

function isSound(file: string): boolean {
  let db: ReturnType<typeof openForWriting>;
  try {
    db = openForWriting(file);
  } catch {
    // Whatever keeps this copy from opening, the next older one is to be tried.
    return false;
  }
  try {
    return findDamage(db) === null;
  } finally {
    db.close();
  }
}

/**
 * The journal goes first: a journal left beside the restored file would be played into it. A crash in between
 * leaves the damaged file in place, and the next start does this again.
 */
async function putAside({ folder, database, clock }: RepairDeps): Promise<string | null> {
  const target = path.join(folder, "damaged", stamp(clock.nowMs()));
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const end of ["-wal", "-shm"]) await moveIfThere(database + end, target);
  const isKept = await moveIfThere(database, target);
  await syncFolder(target);
  return isKept ? path.join(target, path.basename(database)) : null;
}

async function moveIfThere(file: string, folder: string): Promise<boolean> {
  try {
    await rename(file, path.join(folder, path.basename(file)));
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size of a file; null when it does not exist. */
export async function findSize(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}
