// Plain JavaScript for any Node from 18 on: installs what is missing, finds the pinned runtime and runs
// scripts/<verb>.ts with it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureInstalled } from "./install.mjs";
import { runOnRuntime } from "./run-on-runtime.mjs";
import { getRuntime, isRunningOn, LaunchError, ROOT } from "./runtime.mjs";

const VERBS = ["start", "test", "check", "build", "package", "dev", "bench", "explore"];

/**
 * @param {readonly string[]} argv
 * @returns {Promise<void>}
 */
async function launch([verb, ...args]) {
  if (verb === undefined || !VERBS.includes(verb)) {
    throw new LaunchError(`Unknown verb ${JSON.stringify(verb ?? "")}. One of: ${VERBS.join(", ")}.`, 2);
  }
  await ensureInstalled(ROOT, { say: (line) => process.stderr.write(`${line}\n`) });
  const runtime = getRuntime();
  const script = join(ROOT, "scripts", `${verb}.ts`);
  if (isRunningOn(runtime)) {
    process.argv = [process.argv[0] ?? runtime, script, ...args];
    await import(pathToFileURL(script).href);
    return;
  }
  process.exitCode = await runOnRuntime(runtime, [script, ...args]);
}

launch(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof LaunchError ? error.message : (error?.stack ?? error)}\n`);
  process.exitCode = error instanceof LaunchError ? error.exitCode : 70;
});
