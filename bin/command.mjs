// Plain JavaScript for any Node from 18 on: what `pilothouse` does before the command line itself takes over.
import { existsSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findStaleParts } from "./build-state.mjs";
import { ensureInstalled } from "./install.mjs";
import { runOnRuntime } from "./run-on-runtime.mjs";
import { COMPILED_FOLDER, getRuntime, isRunningOn, LaunchError, ROOT } from "./runtime.mjs";

/**
 * Runs the command line with `args`. In a clone it installs and builds first when something changed; all it says
 * about that goes to stderr.
 *
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */
export async function runCommand(args) {
  try {
    await prepareAndRun(args);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */
async function prepareAndRun(args) {
  const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  const isClone = existsSync(join(ROOT, "src-main"));
  // Tests that built once set this, so that an edit made while they run does not build under their feet.
  const isTrusted = process.env["PILOTHOUSE_ASSUME_BUILT"] === "1";
  if (isClone && !isTrusted) await ensureInstalled(ROOT, { say });
  const runtime = getRuntime();
  if (isClone && !isTrusted && findStaleParts(ROOT).length > 0) {
    const code = await runOnRuntime(runtime, [join(ROOT, "scripts", "build.ts")], ["ignore", 2, 2]);
    if (code !== 0) throw new LaunchError("The build failed, so there is nothing to run.", 70);
  }
  const cli = join(ROOT, "dist", "main", "cli.js");
  if (isRunningOn(runtime)) {
    if (isClone) module.enableCompileCache(COMPILED_FOLDER);
    process.argv = [process.argv[0] ?? runtime, cli, ...args];
    await import(pathToFileURL(cli).href);
    return;
  }
  process.exitCode = await runOnRuntime(runtime, [cli, ...args]);
}
