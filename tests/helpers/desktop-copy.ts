import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** One change of a built file, by the text that makes it what it is. */
export interface Breakage {
  /** Relative to `dist`, e.g. `desktop/main.cjs`. */
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/**
 * A copy of the built desktop in `folder`, broken as told; the path of its main process.
 *
 * @throws Error when a text that was to be changed is not there, so that no breakage passes for lack of a target
 */
export async function copyDesktop(folder: string, breakages: readonly Breakage[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  await cp(join(ROOT, "dist", "desktop"), join(folder, "dist", "desktop"), { recursive: true });
  await cp(join(ROOT, "dist", "renderer"), join(folder, "dist", "renderer"), { recursive: true });
  await symlink(join(ROOT, "dist", "main"), join(folder, "dist", "main"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await symlink(join(ROOT, "resources"), join(folder, "resources"));
  await cp(join(ROOT, "package.json"), join(folder, "package.json"));
  await layOutResources(join(folder, INSTALLED));
  for (const { file, from, to } of breakages) {
    const path = join(folder, "dist", file);
    const before = await readFile(path, "utf8");
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${file} holds no ${String(from)}`);
    await writeFile(path, after);
  }
  return join(folder, "dist", "desktop", "main.cjs");
}

/** Where a copy has what lies beside the archive in a package. */
const INSTALLED = "installed";

/** The environment of a copy that runs as a packaged program does. */
export function asPackaged(folder: string): Readonly<Record<string, string>> {
  return { STANDIN_PACKAGED: "1", STANDIN_RESOURCES: join(folder, INSTALLED) };
}

async function layOutResources(folder: string): Promise<void> {
  await mkdir(join(folder, "runtime"), { recursive: true });
  await symlink(ROOT, join(folder, "program"));
  await symlink(process.execPath, join(folder, "runtime", "node"));
}
