import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const NOT_OURS = new Set([
  "node_modules",
  "dist",
  ".cache",
  ".git",
  "coverage",
  "test-results",
  "playwright-report",
]);

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Files under `folder` (relative to the project) whose path matches. */
export function readSources(folder: string, matching: RegExp): SourceFile[] {
  return listFiles(folder)
    .filter((path) => matching.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** How often `pattern` (with the flag g) occurs in each file that has it at all. */
export function countPerFile(files: readonly SourceFile[], pattern: RegExp): Record<string, number> {
  const counts = files.map(({ path, text }): [string, number] => [
    path,
    withoutComments(text).match(pattern)?.length ?? 0,
  ]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** The code alone: a rule about calls must not fire on a sentence about them. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`\\])\/\/.*$/gm, "$1");
}
