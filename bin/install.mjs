// Plain JavaScript for any Node from 18 on.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import { withFolderLock } from "./folder-lock.mjs";
import { LaunchError } from "./runtime.mjs";

/** How much of npm's own words is shown when it fails. */
const NPM_TAIL_CHARS = 4_000;

/**
 * Makes sure that node_modules holds what package-lock.json says. Without a change it reads two files
 * and starts nothing.
 *
 * @param {string} root folder of package.json
 * @param {{ say: (line: string) => void, install?: (root: string) => Promise<void> }} deps
 * @returns {Promise<boolean>} whether something had to be installed
 * @throws {LaunchError} when npm cannot be found or fails
 */
export async function ensureInstalled(root, { say, install = runNpmCi }) {
  if (isInstalled(root)) return false;
  mkdirSync(join(root, ".cache"), { recursive: true });
  return await withFolderLock(join(root, ".cache", "install.lock"), async () => {
    // Another start may have installed while this one waited for the lock.
    if (isInstalled(root)) return false;
    say("Installing packages (npm ci) …");
    const startedAt = process.hrtime.bigint();
    await install(root);
    writeStamp(root);
    say(`Packages installed in ${Number((process.hrtime.bigint() - startedAt) / 1_000_000_000n)} s.`);
    return true;
  });
}

/**
 * @param {string} root
 * @returns {boolean}
 */
function isInstalled(root) {
  const stamp = readIfThere(stampFile(root));
  if (stamp !== null && stamp === lockHash(root)) return true;
  if (!agreesWithLock(root)) return false;
  writeStamp(root);
  return true;
}

/**
 * Whether npm's own record of node_modules (left by a plain `npm ci` or `npm install`) is what the lock file asks for.
 * @param {string} root
 * @returns {boolean}
 */
function agreesWithLock(root) {
  const record = readIfThere(join(root, "node_modules", ".package-lock.json"));
  if (record === null) return false;
  /** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} Packages */
  /** @type {Packages} */
  let installed;
  try {
    installed = JSON.parse(record).packages;
  } catch {
    // Half written by an npm that was killed: installing again is the remedy, so nothing is lost.
    return false;
  }
  /** @type {Packages} */
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([place, { version, optional, devOptional }]) => {
    if (place === "") return true;
    const found = installed[place];
    return found === undefined ? (optional ?? devOptional) === true : found.version === version;
  });
}

/** @param {string} root */
function stampFile(root) {
  return join(root, "node_modules", ".pilothouse-stamp");
}

/** @param {string} root */
function writeStamp(root) {
  writeFileSync(stampFile(root), lockHash(root));
}

/**
 * @param {string} root
 * @returns {string}
 */
function lockHash(root) {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${hash} ${process.platform}-${process.arch}\n`;
}

/**
 * @param {string} file
 * @returns {string | null}
 */
function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not there or not readable comes to the same: it is made again.
    return null;
  }
}

/**
 * @param {string} root
 * @returns {Promise<void>}
 */
async function runNpmCi(root) {
  const npm = getNpm(root);
  const args = [
    ...npm.args,
    "ci",
    "--include=dev",
    "--include=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const { code, output } = await new Promise((resolve, reject) => {
    const child = spawn(npm.command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-NPM_TAIL_CHARS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
  if (code !== 0) throw new LaunchError(`npm ci failed with exit code ${code}:\n${output.trim()}`);
}

/**
 * How to start npm without a shell: its JavaScript file, with a Node that does not lie in the folder npm will replace.
 * @param {string} root
 * @returns {{ command: string, args: string[] }}
 */
function getNpm(root) {
  const insideModules = join(realpathSync(root), "node_modules") + sep;
  const isUsable = (/** @type {string | undefined} */ file) =>
    file !== undefined && existsSync(file) && !realpathSync(file).startsWith(insideModules);
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const exe = process.platform === "win32" ? "node.exe" : "node";
  const node = [
    process.env["npm_node_execpath"],
    process.execPath,
    ...folders.map((folder) => join(folder, exe)),
  ].find(isUsable);
  const script = [
    process.env["npm_execpath"],
    ...(node === undefined ? [] : npmBesides(realpathSync(node))),
    ...folders.flatMap((folder) => [
      join(folder, "node_modules", "npm", "bin", "npm-cli.js"),
      join(folder, "npm"),
    ]),
  ].find((file) => isUsable(file) && /npm(-cli\.js)?$/.test(String(file)));
  if (node === undefined || script === undefined) {
    throw new LaunchError("npm was not found. It comes with Node (on Debian: apt-get install npm).");
  }
  const real = realpathSync(script);
  return real.endsWith(".js") ? { command: node, args: [real] } : { command: real, args: [] };
}

/**
 * @param {string} node
 * @returns {string[]}
 */
function npmBesides(node) {
  const folder = dirname(node);
  return [
    join(folder, "node_modules", "npm", "bin", "npm-cli.js"),
    join(folder, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(folder, "..", "share", "nodejs", "npm", "bin", "npm-cli.js"),
  ];
}
