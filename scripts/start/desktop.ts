import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Electron's binary, or null where it was not downloaded.
 *
 * Only looks at files: importing `electron` would start the download.
 */
export function findElectron(root: string): string | null {
  const electron = join(root, "node_modules", "electron");
  const pathFile = join(electron, "path.txt");
  if (!existsSync(pathFile)) return null;
  const binary = join(electron, "dist", readFileSync(pathFile, "utf8").trim());
  return existsSync(binary) ? binary : null;
}

/** Why there is no desktop window, in one sentence. */
const NO_ELECTRON = "Electron's binary is not on this machine (npx install-electron downloads it)";

export interface EntryDecision {
  /** `null` when what was asked for cannot be had. */
  readonly entry: "web" | "desktop" | null;
  /** One line for the person, or `null`. */
  readonly say: string | null;
}

/** Which entry to open, given what was asked for and whether Electron is there. */
export function decideEntry(wanted: "any" | "web" | "desktop", hasElectron: boolean): EntryDecision {
  if (wanted === "web") return { entry: "web", say: null };
  if (hasElectron) return { entry: "desktop", say: null };
  if (wanted === "any") return { entry: "web", say: `${NO_ELECTRON}: Pilothouse opens in the browser.` };
  return { entry: null, say: `${NO_ELECTRON}. Open it in the browser: npm start -- --web` };
}

/** Opens the desktop window; the core in it starts run supervisors with the Node that this runs on. */
export function openDesktop(electron: string, root: string, args: readonly string[]): ChildProcess {
  // The folder and not the file: its package.json says the version and where the main process is.
  return spawn(electron, [root, ...args], {
    stdio: "inherit",
    env: { ...process.env, PILOTHOUSE_NODE: process.execPath },
  });
}
