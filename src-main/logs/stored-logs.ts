import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { LogTotals } from "#contract/log.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import { segmentOf } from "./segment-file.ts";

/** A log as its files tell. */
export interface StoredLog {
  readonly runId: RunId;
  readonly storedBytes: number;
  /** When a file of it was written last. */
  readonly changedAtMs: number;
}

/** Every log in the folder, in the order of their runs' age. */
export async function* storedLogs(folder: string): AsyncGenerator<StoredLog> {
  for (const name of (await namesIn(folder)).toSorted()) {
    const runId = runIdSchema.safeParse(name);
    if (!runId.success) continue;
    const found = await measured(path.join(folder, name));
    if (found !== null) yield { runId: runId.data, ...found };
  }
}

export async function storedTotals(folder: string): Promise<LogTotals> {
  let runCount = 0;
  let storedBytes = 0;
  for await (const log of storedLogs(folder)) {
    runCount += 1;
    storedBytes += log.storedBytes;
  }
  return { runCount, storedBytes };
}

async function measured(folder: string): Promise<Omit<StoredLog, "runId"> | null> {
  let storedBytes = 0;
  let changedAtMs = 0;
  for (const name of await namesIn(folder)) {
    if (segmentOf(name) === null) continue;
    try {
      const { size, mtimeMs } = await stat(path.join(folder, name));
      storedBytes += size;
      changedAtMs = Math.max(changedAtMs, mtimeMs);
    } catch (error) {
      // It was sealed or removed while we looked.
      if (systemCodeOf(error) !== "ENOENT") throw toDataError(error, folder);
    }
  }
  return changedAtMs === 0 ? null : { storedBytes, changedAtMs };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR") return [];
    throw toDataError(error, folder);
  }
}
