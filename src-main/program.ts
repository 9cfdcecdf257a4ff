import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the program itself lies, and which version it is. */
export interface Program {
  readonly root: string;
  readonly version: string;
}

/**
 * Finds the program from one of its files: the source and the built one lie at different depths.
 *
 * Read at once and not lazily, because it is the first thing any command needs.
 */
export function findProgram(from: string): Program {
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    const found = readPackage(join(folder, "package.json"));
    if (found !== null) return { root: folder, version: found };
  }
  throw new Error(`no package.json above ${from}`);
}

function readPackage(file: string): string | null {
  try {
    const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
    return name === "pilothouse" && version !== undefined ? version : null;
  } catch {
    // Not there or not ours: the search goes on one folder up.
    return null;
  }
}
