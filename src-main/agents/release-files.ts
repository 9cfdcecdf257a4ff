import type { BigIntStats } from "node:fs";
import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { AppError } from "#contract/errors.ts";
import { formatSize } from "#core/units.ts";
import { systemCodeOf } from "#main/platform/index.ts";

/** What a release may hold. */
export interface ReleaseLimits {
  readonly sizeBytes: number;
  /** Files, links and folders. */
  readonly files: number;
}

export const RELEASE_LIMITS: ReleaseLimits = { sizeBytes: 2 * 1024 ** 3, files: 50_000 };

/** Patterns in the way of `.gitignore` for what shall not be part of a release. */
export const IGNORE_FILE = ".pilothouseignore";

/** Left out always: made by tools on this computer, large, and different on every one. */
const ALWAYS_IGNORED = [".git", "node_modules", "__pycache__", ".venv", "venv", "*.pyc", ".DS_Store"];

/** One thing of an agent's folder that belongs to its release. */
export interface ReleaseEntry {
  /** Relative to the folder, with `/` on every system. */
  readonly path: string;
  readonly kind: "file" | "link" | "folder";
  readonly isExecutable: boolean;
  readonly sizeBytes: number;
  /** Where a link leads, relative to the link; empty for anything else. */
  readonly linkTo: string;
  /** Changes whenever the content may have changed. */
  readonly signature: string;
  /** The latest of the times that take part in the signature. */
  readonly changedAtMs: number;
}

/** The folder changed while it was being read. Caught and retried inside this module. */
export class FolderChanged extends Error {
  override readonly name = "FolderChanged";
}

export interface ReleaseWalk {
  readonly folder: string;
  readonly limits: ReleaseLimits;
  /** A folder that is never part of a release: where releases are kept. */
  readonly except: string;
  readonly signal: AbortSignal;
}

/**
 * Everything in `folder` that belongs to a release, sorted by path.
 *
 * @throws AppError `release.too_large`, `release.unsupported_file`, `folder.unreadable`
 */
export async function listReleaseFiles(walk: ReleaseWalk): Promise<readonly ReleaseEntry[]> {
  const rules = ignore()
    .add(ALWAYS_IGNORED)
    .add(await ownRules(walk.folder));
  const root = await realpath(walk.folder).catch((error: unknown) => {
    throw unreadableFolder(walk.folder, error);
  });
  const entries: ReleaseEntry[] = [];
  let sizeBytes = 0;
  for await (const entry of entriesBelow({ walk, root, rules }, "")) {
    entries.push(entry);
    sizeBytes += entry.sizeBytes;
    if (entries.length > walk.limits.files || sizeBytes > walk.limits.sizeBytes) {
      throw tooLarge(walk, { sizeBytes, files: entries.length });
    }
  }
  // By code unit, so that the order is the same everywhere.
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function* entriesBelow(context: EntryContext, folder: string): AsyncGenerator<ReleaseEntry> {
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    context.walk.signal.throwIfAborted();
    for (const name of await namesIn(context.walk.folder, next)) {
      const entry = await entryOf(context, next === "" ? name : `${next}/${name}`);
      if (entry === null) continue;
      if (entry.kind === "folder") folders.push(entry.path);
      yield entry;
    }
  }
}

function tooLarge({ folder, limits }: ReleaseWalk, found: ReleaseLimits): AppError {
  const details = {
    folder,
    sizeBytes: found.sizeBytes,
    limitBytes: limits.sizeBytes,
    files: found.files,
    limitFiles: limits.files,
  };
  return new AppError(
    "release.too_large",
    `${folder} holds more than ${formatSize(limits.sizeBytes)} or ${limits.files} files; ` +
      `name in ${IGNORE_FILE} what the agent does not need`,
    { details },
  );
}

async function ownRules(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, IGNORE_FILE), "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR") return "";
    throw unsupported(IGNORE_FILE, "cannot be read", error);
  }
}

async function namesIn(root: string, folder: string): Promise<readonly string[]> {
  try {
    return await readdir(join(root, folder));
  } catch (error) {
    if (folder === "") throw unreadableFolder(root, error);
    throw readingError(folder, error);
  }
}

interface EntryContext {
  readonly walk: ReleaseWalk;
  /** The folder without links on the way to it. */
  readonly root: string;
  readonly rules: Ignore;
}

async function entryOf({ walk, root, rules }: EntryContext, path: string): Promise<ReleaseEntry | null> {
  const full = join(walk.folder, path);
  if (full === walk.except) return null;
  const stats = await lstat(full, { bigint: true }).catch((error: unknown) => {
    throw path.includes("\uFFFD")
      ? unsupported(path, "has a name that is not UTF-8", error)
      : readingError(path, error);
  });
  // Rules that end in a slash are for folders only. The manifest itself cannot be left out.
  const isIgnored = path !== "agent.yaml" && rules.ignores(stats.isDirectory() ? `${path}/` : path);
  if (isIgnored) return null;
  const kind = kindOf(stats);
  if (kind === null) throw unsupported(path, "is neither a file, a folder nor a link", undefined);
  return {
    path,
    kind,
    isExecutable: kind === "file" && (stats.mode & 0o111n) !== 0n,
    sizeBytes: kind === "file" ? Number(stats.size) : 0,
    linkTo: kind === "link" ? await checkedLink(root, path) : "",
    signature: signatureOf(stats),
    changedAtMs: Math.max(Number(stats.ctimeMs), Number(stats.mtimeMs)),
  };
}

function kindOf(stats: BigIntStats): ReleaseEntry["kind"] | null {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  return stats.isSymbolicLink() ? "link" : null;
}

/** Size, times and identity of a file. A folder's times change with its ignored content, so they stay out. */
export function signatureOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return "folder";
  return [stats.ino, stats.mode, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

/** Where the link at `path` leads, relative to itself. Refused when that is outside of the folder. */
async function checkedLink(root: string, path: string): Promise<string> {
  const full = join(root, path);
  const target = await readlink(full).catch((error: unknown) => {
    throw readingError(path, error);
  });
  const written = resolve(dirname(full), target);
  // A link over other links may lead elsewhere than its text says; one that leads nowhere has only its text.
  const real = await realpath(full).catch(() => written);
  // An absolute link to the agent's own folder would lead a release back to the folder it was made from.
  if (isInside(root, written) && isInside(root, real))
    return toSlashes(relative(dirname(full), written) || ".");
  throw unsupported(path, `is a link out of the agent's folder, to ${target}`, undefined);
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}

function toSlashes(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

export function unsupported(file: string, problem: string, cause: unknown): AppError {
  return new AppError("release.unsupported_file", `${file} ${problem}, so no release can be made`, {
    details: { file, problem },
    cause,
  });
}

/** What a failed look at a listed file means: it has just been removed, or nobody may read it. */
export function readingError(path: string, error: unknown): Error {
  const code = systemCodeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new FolderChanged(`${path} went away`, { cause: error });
  return unsupported(path, "cannot be read", error);
}

function unreadableFolder(folder: string, cause: unknown): AppError {
  return new AppError(
    "folder.unreadable",
    `${basename(folder)} does not exist or cannot be read: ${folder}`,
    {
      details: { folder },
      cause,
    },
  );
}
