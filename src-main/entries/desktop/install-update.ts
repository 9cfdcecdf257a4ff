import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, copyFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isSignedFile, type ReadyUpdate } from "#main/updates/index.ts";

export interface UpdateInstallerDeps {
  /** The AppImage that runs, where one does. */
  readonly appImage: string | null;
  /** Shows a file with the program that the system has for it; answers what went wrong, or nothing. */
  readonly open: (path: string) => Promise<string>;
  /** Ends the program in order; `startAnew` is started when it is over, or null for nothing. */
  readonly quit: (startAnew: string | null) => void;
  /** Starts a program that outlives this one. */
  readonly start?: (file: string, args: readonly string[]) => Promise<void>;
}

/**
 * Puts a fetched package in the place of this program.
 *
 * @throws Error in words for a person; the installed version is as it was before.
 */
export async function installUpdate(update: ReadyUpdate, deps: UpdateInstallerDeps): Promise<void> {
  if (update.kind === "appimage") await replaceAppImage(update, deps);
  else if (update.kind === "nsis") await startInstaller(update, deps);
  else await openImage(update, deps);
}

/** The copy beside the old file is what is looked at, so what was looked at is what is put in place. */
async function replaceAppImage(update: ReadyUpdate, { appImage, quit }: UpdateInstallerDeps): Promise<void> {
  if (appImage === null) throw new Error("this program does not run from an AppImage");
  const draft = join(dirname(appImage), `.pilothouse-${randomBytes(6).toString("hex")}`);
  try {
    await copyFile(update.path, draft);
    await mustBeSigned(draft, update);
    await chmod(draft, ((await stat(appImage)).mode & 0o777) | 0o100);
    await rename(draft, appImage);
  } finally {
    await rm(draft, { force: true });
  }
  quit(appImage);
}

async function startInstaller(
  update: ReadyUpdate,
  { quit, start = startDetached }: UpdateInstallerDeps,
): Promise<void> {
  await mustBeSigned(update.path, update);
  // It waits for this program to end, puts the new one in place without questions and starts it.
  await start(update.path, ["--updated", "/S", "--force-run"]);
  quit(null);
}

async function openImage(update: ReadyUpdate, { open }: UpdateInstallerDeps): Promise<void> {
  await mustBeSigned(update.path, update);
  const problem = await open(update.path);
  if (problem !== "") throw new Error(problem);
}

async function mustBeSigned(path: string, update: ReadyUpdate): Promise<void> {
  if (!(await isSignedFile(path, update))) throw new Error("the package was changed after it was fetched");
}

function startDetached(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(file, [...args], { detached: true, stdio: "ignore" });
  child.unref();
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
}
