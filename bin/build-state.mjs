// Plain JavaScript for any Node from 18 on: the command line asks this before each call, so it must be quick.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {"main" | "desktop" | "renderer"} BuildPart */
/** @typedef {{ quick: string, content: string }} PartStamp  `quick` from sizes and times, `content` from the bytes */

/** @type {readonly BuildPart[]} */
export const BUILD_PARTS = ["main", "desktop", "renderer"];

/** What each part is made from. A change of anything else rebuilds nothing. */
const SOURCES = {
  main: ["src-main", "scripts/build.ts", "scripts/build", "package.json", "package-lock.json"],
  desktop: [
    "src-main",
    "src-preload",
    "resources/updates.json",
    "scripts/build.ts",
    "scripts/build",
    "package.json",
    "package-lock.json",
  ],
  renderer: [
    "src-renderer",
    "src-main/contract",
    "src-main/core",
    "vite.config.ts",
    "scripts/theme-css-plugin.ts",
    "scripts/build.ts",
    "scripts/build",
    "package-lock.json",
  ],
};

/** A part whose result is missing is rebuilt whatever its stamp says. */
const RESULTS = {
  main: ["cli", "run-supervisor", "log-worker", "keychain"].map((name) => `dist/main/${name}.js`),
  desktop: ["dist/desktop/main.cjs", "dist/desktop/core.cjs", "dist/desktop/preload.cjs"],
  renderer: ["dist/renderer/index.html"],
};

/**
 * The parts whose sources are newer than what was built from them. An installation without sources is always current.
 *
 * When only file times changed (a fresh checkout of the same commit), the bytes decide and the stamp is refreshed.
 *
 * @param {string} root
 * @returns {BuildPart[]}
 */
export function findStaleParts(root) {
  if (!existsSync(join(root, "src-main"))) return [];
  return BUILD_PARTS.filter((part) => isStale(root, part));
}

/**
 * @param {string} root
 * @param {BuildPart} part
 * @returns {boolean}
 */
function isStale(root, part) {
  if (RESULTS[part].some((file) => !existsSync(join(root, file)))) return true;
  const stamp = readStamp(root, part);
  if (stamp === null) return true;
  const files = listSources(root, part);
  const quick = quickSummary(files);
  if (stamp.quick === quick) return false;
  if (stamp.content !== contentSummary(root, files)) return true;
  writeFileSync(stampFile(root, part), JSON.stringify({ ...stamp, quick }));
  return false;
}

/**
 * What the sources are at this moment. Taken before a build and written after it, so that an edit in between is seen.
 *
 * @param {string} root
 * @param {BuildPart} part
 * @returns {PartStamp}
 */
export function takeStamp(root, part) {
  const files = listSources(root, part);
  return { quick: quickSummary(files), content: contentSummary(root, files) };
}

/**
 * @param {string} root
 * @param {BuildPart} part
 * @param {PartStamp} stamp
 */
export function writeStamp(root, part, stamp) {
  writeFileSync(stampFile(root, part), JSON.stringify(stamp));
}

/**
 * @param {string} root
 * @param {BuildPart} part
 */
function stampFile(root, part) {
  return join(root, "dist", `.${part}-stamp.json`);
}

/**
 * @param {string} root
 * @param {BuildPart} part
 * @returns {PartStamp | null}
 */
function readStamp(root, part) {
  try {
    return JSON.parse(readFileSync(stampFile(root, part), "utf8"));
  } catch {
    // Missing or damaged: the part is built again, so nothing is lost.
    return null;
  }
}

/**
 * @typedef {{ path: string, sizeBytes: number, modifiedAtMs: number }} Source
 * @param {string} root
 * @param {BuildPart} part
 * @returns {Source[]}
 */
function listSources(root, part) {
  /** @type {Source[]} */
  const files = [];
  for (const place of SOURCES[part]) collect(root, place, files);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * @param {string} root
 * @param {string} path
 * @param {Source[]} into
 */
function collect(root, path, into) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    into.push({ path, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs });
    return;
  }
  for (const name of readdirSync(join(root, path))) {
    if (/\.test\.tsx?$|\.md$|^\./.test(name)) continue;
    collect(root, `${path}/${name}`, into);
  }
}

/**
 * @param {readonly Source[]} files
 * @returns {string}
 */
function quickSummary(files) {
  const hash = createHash("sha256");
  for (const { path, sizeBytes, modifiedAtMs } of files)
    hash.update(`${path}\0${sizeBytes}\0${modifiedAtMs}\n`);
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {readonly Source[]} files
 * @returns {string}
 */
function contentSummary(root, files) {
  const hash = createHash("sha256");
  for (const { path } of files)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  return hash.digest("hex");
}
