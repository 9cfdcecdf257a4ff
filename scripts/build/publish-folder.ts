import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** `dev` keeps source maps and readable code. */
export type BuildMode = "release" | "dev";

/** A core that still runs the build before may load one of its pieces late, so they stay this long after it. */
const KEEP_OLD_PIECES_MS = 24 * 60 * 60 * 1_000;

export interface Publication {
  /** Where the build was written. */
  readonly from: string;
  /** Where programs look for it. */
  readonly to: string;
  /** Files that point to the others, relative to the folder; they are put in place last. */
  readonly entries: readonly string[];
}

/**
 * Puts a finished build in place, one rename per file: whoever starts meanwhile sees the old build or the new one,
 * never half of it.
 */
export async function publishFolder({ from, to, entries }: Publication): Promise<void> {
  const files = await listFiles(from);
  const pieces = files.filter((file) => !entries.includes(file));
  for (const file of [...pieces, ...entries]) {
    await mkdir(dirname(join(to, file)), { recursive: true });
    await rename(join(from, file), join(to, file));
  }
  await removeOldPieces(to, new Set(files));
  await rm(from, { recursive: true, force: true });
}

async function removeOldPieces(folder: string, current: ReadonlySet<string>): Promise<void> {
  const listFile = join(dirname(folder), `.${basename(folder)}-files.json`);
  const before = new Set(await readList(listFile));
  const nowMs = Date.now();
  for (const file of await listFiles(folder)) {
    if (current.has(file)) continue;
    const path = join(folder, file);
    // However old it is, up to now somebody may have started with it.
    if (before.has(file)) await utimes(path, nowMs / 1_000, nowMs / 1_000);
    else if ((await stat(path)).mtimeMs < nowMs - KEEP_OLD_PIECES_MS) await rm(path, { force: true });
  }
  await writeFile(listFile, JSON.stringify([...current]));
}

async function readList(file: string): Promise<string[]> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as string[];
  } catch {
    // The first build, or one that was cut off: what lies there goes by its age.
    return [];
  }
}

async function listFiles(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    );
}
