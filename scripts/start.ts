import { once } from "node:events";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { COMPILED_FOLDER, ROOT } from "../bin/runtime.mjs";
import { buildStaleParts } from "./build/build-stale-parts.ts";
import { endWith } from "./end-with.ts";
import { decideEntry, findElectron, openDesktop } from "./start/desktop.ts";
import { parseStartArgs, START_HELP } from "./start/start-args.ts";

/** Opens Pilothouse. In the browser, the core then runs in this very process, so there is one process less to start and to stop. */
async function start(): Promise<void> {
  const parsed = parseStartArgs(process.argv.slice(2));
  if (parsed.kind === "help") {
    console.log(START_HELP);
    return;
  }
  if (parsed.kind === "wrong") {
    console.error(`${parsed.problem}\n\n${START_HELP}`);
    process.exitCode = 2;
    return;
  }
  const electron = findElectron(ROOT);
  const decision = decideEntry(parsed.entry, electron !== null);
  if (decision.say !== null) console.error(decision.say);
  if (decision.entry === null) {
    process.exitCode = 5;
    return;
  }
  await buildStaleParts("release");
  if (decision.entry === "desktop" && electron !== null) {
    const [code] = (await once(openDesktop(electron, ROOT, parsed.dataArgs), "exit")) as [number | null];
    process.exitCode = code ?? 1;
    return;
  }
  const cli = join(ROOT, "dist", "main", "cli.js");
  // The next start reads what this one compiles.
  enableCompileCache(COMPILED_FOLDER);
  // A folder that is served already is opened once more, with a link of its own.
  process.argv = [process.argv[0] ?? process.execPath, cli, "serve", "--or-attach", ...parsed.serveArgs];
  await import(pathToFileURL(cli).href);
}

await endWith(start);
