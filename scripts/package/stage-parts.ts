import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { renderLicenses } from "../build/licenses.ts";
import { CARRIED_PACKAGES, type CarriedPackage, filesTaken } from "./carried-packages.ts";
import type { PackageTarget } from "./package-target.ts";

export interface StagingOptions {
  /** The clone, built. */
  readonly root: string;
  readonly target: PackageTarget;
  /** Made anew. */
  readonly folder: string;
}

/** What package.json of a package says; the clone's own names scripts and tools that are not there. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly main?: string;
  /** By it a Linux desktop knows which entry of its menu a window belongs to. */
  readonly desktopName?: string;
}

/** Parts of the launcher in `bin` that an installation without sources needs. */
const LAUNCHER = [
  "build-state.mjs",
  "command.mjs",
  "folder-lock.mjs",
  "install.mjs",
  "package.json",
  "pilothouse",
  "pilothouse.cmd",
  "run-on-runtime.mjs",
  "runtime.mjs",
] as const;
const ICONS = ["icon-256.png", "tray.png"] as const;

/**
 * The part that Electron loads: its processes, the page and what its core cannot have in a bundle. It becomes the
 * archive.
 */
export async function stageApp({ folder, root, target }: StagingOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await writeManifest(root, folder, {
    main: "dist/desktop/main.cjs",
    desktopName: "pilothouse-desktop.desktop",
  });
  await copyBuilt(root, folder, "desktop");
  await copyBuilt(root, folder, "renderer");
  for (const icon of ICONS) await copy(root, folder, `resources/icons/${icon}`);
  for (const carried of CARRIED_PACKAGES) {
    if (carried.isForCore) await copyCarried({ folder, root, target }, carried);
  }
}

/** The part that plain Node runs: the command line, the web entry, supervisors and samples. */
export async function stageProgram({ folder, root, target }: StagingOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await writeManifest(root, folder, {});
  await copy(root, folder, "LICENSE");
  await writeFile(join(folder, "THIRD-PARTY-LICENSES.md"), await renderLicenses(root));
  await copyBuilt(root, folder, "main");
  await copyBuilt(root, folder, "renderer");
  await cp(join(root, "resources", "samples"), join(folder, "resources", "samples"), { recursive: true });
  for (const carried of CARRIED_PACKAGES) await copyCarried({ folder, root, target }, carried);
}

/** What starts the program part with a Node of the machine. */
export async function stageLauncher(root: string, folder: string): Promise<void> {
  for (const file of LAUNCHER) await copy(root, folder, `bin/${file}`);
  await chmod(join(folder, "bin", "pilothouse"), 0o755);
}

/** The `pilothouse` command beside a Node of its own, as the desktop packages have it. */
export async function stageCommand(
  { folder, root, target }: StagingOptions,
  nodeFile: string,
): Promise<void> {
  const isWindows = target.os === "win";
  const command = isWindows ? "pilothouse.cmd" : "pilothouse";
  await mkdir(join(folder, "bin"), { recursive: true });
  await copyFile(join(root, "resources", "package", command), join(folder, "bin", command));
  await mkdir(join(folder, "runtime"), { recursive: true });
  const node = join(folder, "runtime", isWindows ? "node.exe" : "node");
  await copyFile(nodeFile, node);
  for (const file of [node, join(folder, "bin", command)]) await chmod(file, 0o755);
}

async function writeManifest(
  root: string,
  folder: string,
  more: Pick<Manifest, "main" | "desktopName">,
): Promise<void> {
  const own = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
  const { description, engines, license, name, type, version } = own;
  const manifest: Manifest = { name, version, description, license, type, engines, ...more };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The files of the last build and not what earlier ones left for programs that still run. */
async function copyBuilt(root: string, folder: string, part: "main" | "desktop" | "renderer"): Promise<void> {
  const list = await readFile(join(root, "dist", `.${part}-files.json`), "utf8");
  for (const file of JSON.parse(list) as string[]) await copy(root, folder, `dist/${part}/${file}`);
}

async function copyCarried({ folder, root, target }: StagingOptions, carried: CarriedPackage): Promise<void> {
  const from = join(root, "node_modules", carried.folder);
  const files = await listFiles(from);
  for (const file of filesTaken(carried, files, target))
    await copy(root, folder, `node_modules/${carried.folder}/${file}`);
}

async function copy(root: string, folder: string, file: string): Promise<void> {
  const to = join(folder, file);
  await mkdir(dirname(to), { recursive: true });
  await copyFile(join(root, file), to);
}

/** Relative to `folder`, with slashes on every system, sorted. */
export async function listFiles(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}
