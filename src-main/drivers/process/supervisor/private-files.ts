import type { ChildProcess } from "node:child_process";
import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Writable } from "node:stream";
import type { OrderSecrets } from "./order.ts";

/** The first descriptor behind standard input, output and error. */
const FIRST_DESCRIPTOR = 3;

/**
 * Writes the run's private files, readable by its user alone.
 *
 * @returns the variables that name them
 */
export function writePrivateFiles({ files, folder }: OrderSecrets): Readonly<Record<string, string>> {
  if (files.length === 0) return {};
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseForeign(dirname(folder));
  return Object.fromEntries(
    files.map(({ content, env, name }, index) => {
      const path = join(folder, `${index}-${name}`);
      writeFileSync(path, content, { mode: 0o600, flag: "wx" });
      return [env, path];
    }),
  );
}

/** In a shared folder somebody else may have made this name first, to put files of his own under ours. */
function refuseForeign(folder: string): void {
  const { mode, uid } = lstatSync(folder);
  if (process.platform === "win32" || (uid === process.getuid?.() && (mode & 0o077) === 0)) return;
  throw new Error(`${folder} belongs to somebody else`);
}

/** Never throws: what stays behind is removed with the next start of a core. */
export function removePrivateFiles(secrets: OrderSecrets | undefined): void {
  if (secrets === undefined || secrets.files.length === 0) return;
  try {
    rmSync(secrets.folder, { recursive: true, force: true });
  } catch {
    // The sweep finds it by the run's id.
  }
}

export function descriptorNumbers({ descriptors }: OrderSecrets): Readonly<Record<string, string>> {
  return Object.fromEntries(descriptors.map(({ env }, index) => [env, String(FIRST_DESCRIPTOR + index)]));
}

/** Gives each descriptor its content and its end. An agent that never reads it loses nothing. */
export function feedDescriptors(child: ChildProcess, { descriptors }: OrderSecrets): void {
  for (const [index, { content }] of descriptors.entries()) {
    const pipe = child.stdio[FIRST_DESCRIPTOR + index] as Writable | null | undefined;
    pipe?.on("error", () => undefined);
    pipe?.end(content);
  }
}
