import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { AppError } from "#contract/errors.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};
const OTHER_TYPE = "application/octet-stream";

/** Name with a content hash, as the build makes them: its content never changes. */
const HASHED = /-[\w-]{8,}\.[a-z0-9]+$/;
/** An address of the program itself, such as `/runs/0k3…`, not of a file. */
const PAGE = /^\/(?:[a-z0-9@_-]+\/?)*$/i;
const MAX_FILES = 5_000;

/** One file of the built page. */
export interface PageFile {
  readonly file: string;
  /** Kept in memory where it must fit the other files of the list, whatever is built meanwhile. */
  readonly content?: Buffer;
  readonly type: string;
  readonly cacheControl: string;
}

/** Finds the file for an address of the page. */
export interface PageFiles {
  /** By path and query as a browser sends them; the page itself for its own addresses, else undefined. */
  find(url: string): PageFile | undefined;
}

/**
 * The files of the built page. The list is made once; a request can only pick from it, so no path it holds
 * ever reaches the file system.
 *
 * @throws AppError `folder.unreadable` when the page was not built
 */
export async function listPageFiles(folder: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const path of await filesBelow(folder)) files.set(`/${path}`, pageFileOf(folder, path));
  const index = files.get("/index.html");
  if (index === undefined) throw notBuilt(folder);
  const page = { ...index, content: await readFile(index.file) };
  files.set("/index.html", page);
  return {
    find(url) {
      const path = url.split("?", 1)[0] ?? "/";
      return files.get(path) ?? (PAGE.test(path) ? page : undefined);
    },
  };
}

/** How a file of the page is sent. */
export function pageFileOf(folder: string, path: string): PageFile {
  return {
    file: join(folder, path),
    type: TYPES[extname(path).toLowerCase()] ?? OTHER_TYPE,
    cacheControl: HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .slice(0, MAX_FILES)
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .map((path) => path.replaceAll("\\", "/"));
  } catch (error) {
    throw notBuilt(folder, error);
  }
}

function notBuilt(folder: string, cause?: unknown): AppError {
  return new AppError("folder.unreadable", `The page is not built: ${folder} has no index.html`, {
    details: { folder },
    cause,
  });
}
