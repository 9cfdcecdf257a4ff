import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { findStaleParts } from "../bin/build-state.mjs";
import { ROOT } from "../bin/runtime.mjs";
import { buildStaleParts } from "./build/build-stale-parts.ts";

/** An editor that saves everything at once causes one build, not ten. */
const QUIET_MS = 150;

/** Starts `pilothouse serve` with what was asked for after `npm run dev --`. */
function startCore(): ChildProcess {
  return spawn(process.execPath, [join(ROOT, "dist", "main", "cli.js"), "serve", ...process.argv.slice(2)], {
    stdio: "inherit",
  });
}

async function stopCore(core: ChildProcess): Promise<void> {
  if (core.exitCode !== null || core.signalCode !== null) return;
  core.kill("SIGTERM");
  await once(core, "exit");
}

/** Builds what changed. A mistake in the code is shown and mended by the next save, so it ends nothing. */
async function tryBuild(): Promise<boolean> {
  try {
    await buildStaleParts("dev");
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

/** Calls `report` once after each burst of changes in `folder`. Runs until the process ends. */
async function watchBursts(folder: string, report: () => void): Promise<void> {
  let settle: NodeJS.Timeout | undefined;
  for await (const _change of watch(folder, { recursive: true })) {
    clearTimeout(settle);
    settle = setTimeout(report, QUIET_MS);
  }
}

/** Keeps a core running on the newest build; an open page finds it again, and shows the newest after a reload. */
async function followChanges(): Promise<void> {
  if (!(await tryBuild())) process.exit(1);
  let core = startCore();
  const rebuild = async () => {
    const isStale = findStaleParts(ROOT).length > 0;
    if (!(await tryBuild()) || !isStale) return;
    await stopCore(core);
    core = startCore();
  };
  let queue = Promise.resolve();
  const enqueue = () => {
    queue = queue.then(rebuild);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, async () => {
      await stopCore(core);
      process.exit(0);
    });
  }
  await Promise.all(["src-main", "src-renderer"].map((folder) => watchBursts(join(ROOT, folder), enqueue)));
}

await followChanges();
