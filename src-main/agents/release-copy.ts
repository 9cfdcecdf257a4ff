import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { chmod, copyFile, lstat, mkdir, open, symlink } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "#main/platform/index.ts";
import { FolderChanged, type ReleaseEntry, readingError, signatureOf } from "./release-files.ts";

/** Files that are copied or read at the same time; more only fill the queue of the thread pool. */
const AT_ONCE = 8;

/** SHA-256 of every file, by path. */
export type FileHashes = ReadonlyMap<string, string>;

/** Reads the files among `entries` where they are. @throws FolderChanged when one changes meanwhile */
export async function hashFiles(
  folder: string,
  entries: readonly ReleaseEntry[],
  signal: AbortSignal,
): Promise<FileHashes> {
  const hashes = new Map<string, string>();
  await eachAtOnce(
    entries.filter(({ kind }) => kind === "file"),
    async (entry) => {
      signal.throwIfAborted();
      hashes.set(entry.path, await hashFile(folder, entry));
      await refuseChanged(folder, entry);
    },
  );
  return hashes;
}

async function hashFile(folder: string, entry: ReleaseEntry): Promise<string> {
  try {
    return await sha256Of(join(folder, entry.path));
  } catch (error) {
    throw readingError(entry.path, error);
  }
}

export interface ReleaseCopy {
  readonly folder: string;
  readonly entries: readonly ReleaseEntry[];
  /** An empty folder; everything in it is durable and read-only afterwards. */
  readonly into: string;
  readonly signal: AbortSignal;
}

/**
 * Copies `entries` and hashes the copies, so that a hash always tells what the copy holds.
 *
 * @throws FolderChanged when a file changes meanwhile; AppError `release.unsupported_file` when one cannot be
 *   read; the system's own error when the copy cannot be written
 */
export async function copyFiles({ folder, entries, into, signal }: ReleaseCopy): Promise<FileHashes> {
  const hashes = new Map<string, string>();
  // Sorted by path, so a folder comes before what is in it.
  const folders = entries.filter(({ kind }) => kind === "folder").map(({ path }) => join(into, path));
  for (const made of folders) await mkdir(made);
  await eachAtOnce(
    entries.filter(({ kind }) => kind !== "folder"),
    async (entry) => {
      signal.throwIfAborted();
      const copy = join(into, entry.path);
      if (entry.kind === "link") {
        await symlink(entry.linkTo, copy);
        return;
      }
      await copyOne(join(folder, entry.path), copy, entry);
      hashes.set(entry.path, await sha256Of(copy));
      await refuseChanged(folder, entry);
      await finishFile(copy, entry.isExecutable);
    },
  );
  for (const made of [...folders.toReversed(), into]) await syncFolder(made);
  return hashes;
}

async function copyOne(from: string, to: string, entry: ReleaseEntry): Promise<void> {
  try {
    // Where the file system can, the copy shares its blocks with the original and costs nothing.
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const isSourceFine = await lstat(from).then(
      () => (error as NodeJS.ErrnoException).code !== "EACCES",
      () => false,
    );
    throw isSourceFine ? error : readingError(entry.path, error);
  }
}

async function finishFile(file: string, isExecutable: boolean): Promise<void> {
  // The copy of a file that its owner may not write has the same mode.
  await chmod(file, 0o600);
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(file, isExecutable ? 0o555 : 0o444);
}

async function refuseChanged(folder: string, entry: ReleaseEntry): Promise<void> {
  const stats = await lstat(join(folder, entry.path), { bigint: true }).catch((error: unknown) => {
    throw readingError(entry.path, error);
  });
  if (signatureOf(stats) !== entry.signature) throw new FolderChanged(`${entry.path} changed`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 ** 2 }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Runs `work` for all items, a few at the same time. After a failure nothing new begins. */
async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const item of rest) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (failures.length > 0) throw failures[0];
}
