import { existsSync } from "node:fs";
import { win32 } from "node:path";
import type { UpdateKind } from "#main/updates/index.ts";

/** By what an installed program sees how it was installed. */
export interface InstallationFacts {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly executable: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists?: (path: string) => boolean;
}

/**
 * How this installation is renewed by itself, or null: started from sources, from an archive, without being installed,
 * or by a package manager that would find a changed file.
 */
export function installationKind(facts: InstallationFacts): UpdateKind | null {
  const { env, executable, exists = existsSync, isPackaged, platform } = facts;
  if (!isPackaged) return null;
  if (platform === "darwin") return "dmg";
  if (platform === "linux") return appImageOf(env) === null ? null : "appimage";
  if (platform !== "win32" || env["PORTABLE_EXECUTABLE_FILE"] !== undefined) return null;
  // An msi leaves no such file: there the company's own tools bring a newer one.
  return exists(win32.join(win32.dirname(executable), "Uninstall Pilothouse.exe")) ? "nsis" : null;
}

/** The file that a running AppImage was started from. */
export function appImageOf(env: Readonly<Record<string, string | undefined>>): string | null {
  const file = env["APPIMAGE"];
  return file?.startsWith("/") ? file : null;
}
