// Runs the built main process as Electron would: `node run.ts FILE ARGS…`, with an IPC channel to the harness.
import { createRequire, registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { app } from "./app.ts";
import { note } from "./control.ts";
import { killUtilities } from "./utility.ts";
import { closeAllWindows, closeBrowser, openBrowser } from "./window.ts";

const STAND_IN = pathToFileURL(resolve(import.meta.dirname, "electron.ts")).href;
const NAMES: readonly string[] = ["electron", "electron/main", "electron/common"];

registerHooks({
  resolve: (specifier, context, next) =>
    NAMES.includes(specifier)
      ? { url: STAND_IN, format: "module-typescript", shortCircuit: true }
      : next(specifier, context),
});

async function end(): Promise<void> {
  killUtilities();
  await closeBrowser();
}

app.connect({ closeWindows: closeAllWindows, end });
// The harness is gone: nothing of ours may stay behind.
process.on("disconnect", () => void end().finally(() => process.exit(1)));
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => void end().finally(() => process.exit(1)));
}

await openBrowser();
const [, , file = "", ...args] = process.argv;
const main = resolve(file);
Object.defineProperty(process, "resourcesPath", { value: process.env["STANDIN_RESOURCES"] ?? process.cwd() });
const versions = { ...process.versions, electron: "45.3.4", chrome: "154.0.0.0" };
Object.defineProperty(process, "versions", { value: versions });
process.argv = [process.execPath, main, ...args];
const startedAt = performance.now();
createRequire(main)(main);
note("main.loaded", { inMs: performance.now() - startedAt });
// Never within the script itself, as in Electron.
setImmediate(() => app.becomeReady());
