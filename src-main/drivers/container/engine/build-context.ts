import { constants, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { toDataError } from "#main/platform/index.ts";

export interface ContextSource {
  readonly folder: string;
  /** Relative to the folder; goes along even when it is ignored, because nothing can be built without it. */
  readonly dockerfile: string;
  /** Content for the Dockerfile; absent when the folder has one. */
  readonly dockerfileText?: string;
}

/** A copy of what the engine may see. */
export interface BuildContext extends AsyncDisposable {
  readonly folder: string;
}

/**
 * Copies a folder without what its `.dockerignore` names. The engine's own reading of that file differs between
 * products and versions, so it never gets to see more than this.
 *
 * @throws AppError `data.*`
 */
export async function stageContext({
  folder,
  dockerfile,
  dockerfileText,
}: ContextSource): Promise<BuildContext> {
  const isKept = await readIgnore(folder);
  let target = "";
  try {
    target = await mkdtemp(join(tmpdir(), "pilothouse-build-"));
    const names = await namesBelow(folder, "");
    const wanted = names.filter((name) => isKept(name) && name !== ".dockerignore");
    for (const name of wanted) await copyOne(join(folder, name), join(target, name));
    const place = join(target, dockerfile);
    if (dockerfileText !== undefined) await writeFile(place, dockerfileText);
    else if (!wanted.includes(dockerfile)) await copyOne(join(folder, dockerfile), place);
  } catch (error) {
    if (target !== "") await rm(target, { recursive: true, force: true });
    throw toDataError(error, folder);
  }
  return {
    folder: target,
    [Symbol.asyncDispose]: () => rm(target, { recursive: true, force: true }),
  };
}

async function readIgnore(folder: string): Promise<(name: string) => boolean> {
  // Most folders have none, and then everything goes along.
  const text = await readFile(join(folder, ".dockerignore"), "utf8").catch(() => null);
  if (text === null) return () => true;
  const { default: dockerignore } = await import("@balena/dockerignore");
  return dockerignore.default({ ignorecase: false }).add(text).createFilter();
}

/** Files and links, and folders that have nothing in them, with `/` between the parts. */
async function namesBelow(root: string, prefix: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, prefix.replaceAll("/", sep)), { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (!entry.isDirectory()) names.push(name);
    else names.push(...(await orItself(namesBelow(root, name), name)));
  }
  return names;
}

async function orItself(inside: Promise<readonly string[]>, name: string): Promise<readonly string[]> {
  const names = await inside;
  return names.length === 0 ? [name] : names;
}

async function copyOne(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch {
    // A folder or a link to one.
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  }
}
