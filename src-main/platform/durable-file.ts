import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCodeOf, toDataError } from "./fs-errors.ts";

/**
 * Puts `content` into `file` so that a crash or a power cut leaves the old content or the new one, never half.
 * Durable when it resolves. The file is readable by its owner only.
 *
 * @throws AppError `data.full`, `data.read_only`, `data.io_failed`
 */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString("hex")}.draft`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw toDataError(error, dirname(file));
  }
}

/** Removes `file`, if it is there, so that it stays removed after a power cut. */
export async function removeDurably(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
    await syncFolder(dirname(file));
  } catch (error) {
    throw toDataError(error, dirname(file));
  }
}

/** Makes names that were added to or removed from `folder` durable. Windows does that by itself. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(folder, "r");
  } catch (error) {
    // Windows cannot open a folder; there the journal of NTFS keeps the order of names.
    if (systemCodeOf(error) === "EISDIR" || systemCodeOf(error) === "EPERM") return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems have no fsync for folders, and offer nothing in its place.
    if (systemCodeOf(error) !== "EINVAL" && systemCodeOf(error) !== "EPERM") throw error;
  } finally {
    await handle.close();
  }
}
