// Loaded before the program in a process of a test; see `source-changes.ts`.
import { readFileSync, unlinkSync } from "node:fs";
import { registerHooks } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { CHANGES_VARIABLE, DIE_VARIABLE, type SourceChange } from "./source-changes.ts";

const changes = JSON.parse(process.env[CHANGES_VARIABLE] ?? "[]") as readonly SourceChange[];
const dieFile = process.env[DIE_VARIABLE] ?? "";

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const own = url.startsWith("file:") ? changesOf(fileURLToPath(url)) : [];
    if (own.length === 0 || loaded.source == null) return loaded;
    return { ...loaded, source: own.reduce(changed, asText(loaded.source)) };
  },
});

Object.assign(globalThis, { pilothouseTestStep: dieIfNamed });

function changesOf(file: string): readonly SourceChange[] {
  return changes.filter((change) => file.endsWith(`/src-main/${change.file}`));
}

function asText(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}

function changed(text: string, { file, find, put }: SourceChange): string {
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`${pieces.length - 1} places in ${file} read ${find}`);
  return pieces.join(put);
}

function dieIfNamed(step: string): void {
  let named: string;
  try {
    named = readFileSync(dieFile, "utf8");
  } catch {
    // No step is named.
    return;
  }
  if (named !== step) return;
  unlinkSync(dieFile);
  process.kill(process.pid, "SIGKILL");
}
