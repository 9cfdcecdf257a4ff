import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LaunchError, ROOT } from "../bin/runtime.mjs";
import { buildStaleParts } from "./build/build-stale-parts.ts";
import { endWith } from "./end-with.ts";

const ENDING = ".bench.ts";

/** Runs the named benchmarks (all without a name) one after the other, each in a process of its own. */
async function bench(): Promise<void> {
  const names = process.argv.slice(2);
  const known = (await readdir(join(ROOT, "bench"))).filter((file) => file.endsWith(ENDING)).sort();
  const unknown = names.find((name) => !known.includes(name + ENDING));
  if (unknown !== undefined) {
    const list = known.map((file) => file.slice(0, -ENDING.length)).join(", ");
    throw new LaunchError(`There is no benchmark ${unknown}. Benchmarks: ${list}.`, 2);
  }
  await buildStaleParts("release");
  for (const file of known.filter(
    (file) => names.length === 0 || names.includes(file.slice(0, -ENDING.length)),
  )) {
    const child = spawn(process.execPath, [join(ROOT, "bench", file)], { cwd: ROOT, stdio: "inherit" });
    const [exitCode] = await once(child, "exit");
    if (exitCode !== 0) throw new LaunchError(`${file} ended with exit code ${exitCode}.`);
  }
}

await endWith(bench);
