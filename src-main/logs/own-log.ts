import { open, rename, rm, stat } from "node:fs/promises";
import { systemCodeOf } from "#main/platform/index.ts";

/**
 * Keeps Pilothouse's own log within the limits and says what it takes then.
 *
 * Its two files are treated as logs of runs are: the older one goes once its last entry is too old, or when the
 * size leaves no room for it. The current one is put aside once its first entry is too old, so that it gets there
 * even when little is written. Both are single steps of the file system, and no entry on its way is lost.
 */
export async function tidyOwnLog(
  file: string,
  { olderThanMs, maxBytes }: { olderThanMs: number; maxBytes: number },
): Promise<number> {
  const aside = `${file}.1`;
  const firstAtMs = await firstEntryAtMs(file);
  if (firstAtMs !== null && firstAtMs < olderThanMs) await rename(file, aside);
  const older = await factsOf(aside);
  const current = await factsOf(file);
  const currentBytes = current?.sizeBytes ?? 0;
  if (older === null) return currentBytes;
  if (older.changedAtMs >= olderThanMs && older.sizeBytes + currentBytes <= maxBytes) {
    return older.sizeBytes + currentBytes;
  }
  await rm(aside, { force: true });
  return currentBytes;
}

/** What Pilothouse's own log takes on the disk. */
export async function ownLogBytes(file: string): Promise<number> {
  const facts = await Promise.all([factsOf(file), factsOf(`${file}.1`)]);
  return facts.reduce((total, found) => total + (found?.sizeBytes ?? 0), 0);
}

/** The time that every entry begins with. */
const ENTRY_HEAD = /^\{"time":"([^"]{10,30})"/;
const HEAD_BYTES = 64;

/** Null when there is no file, or nothing in it that tells. */
async function firstEntryAtMs(file: string): Promise<number | null> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const atMs = Date.parse(ENTRY_HEAD.exec(buffer.toString("latin1", 0, bytesRead))?.[1] ?? "");
      return Number.isNaN(atMs) ? null : atMs;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function factsOf(file: string): Promise<{ sizeBytes: number; changedAtMs: number } | null> {
  try {
    const { mtimeMs, size } = await stat(file);
    return { sizeBytes: size, changedAtMs: mtimeMs };
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}
