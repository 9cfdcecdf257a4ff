import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { extractAll } from "@electron/asar";
import { withFolderLock } from "../../bin/folder-lock.mjs";
import { buildDesktopPackage } from "../../scripts/package/electron-builder.ts";
import { findHostTarget, type PackageTarget } from "../../scripts/package/package-target.ts";
import { packedFolderName, resourcesFolder } from "../../scripts/package/packed-folder.ts";
import { listFiles } from "../../scripts/package/stage-parts.ts";
import { makeUpElectron } from "./made-up-electron.ts";
import { ensureBuilt } from "./program.ts";

const KEEP_MS = 30 * 60 * 1_000;
const ROOT = join(import.meta.dirname, "..", "..");

/** The desktop as electron-builder packed it for this machine around a made-up Electron. */
export interface PackedDesktop {
  readonly target: PackageTarget;
  /** What would be wrapped into an installer. */
  readonly folder: string;
  /** Electron's folder of resources in it. */
  readonly resources: string;
  /** What was taken out of the archive again. */
  readonly extracted: string;
}

/**
 * Packs the built program, once for one state of it: suites that need it find it there.
 *
 * The Node of the machine goes in, so that what is packed can run runs.
 */
export async function getPackedDesktop(): Promise<PackedDesktop> {
  await ensureBuilt();
  const target = findHostTarget(process.platform, process.arch);
  if (target === null) throw new Error(`no packages are made for ${process.platform}-${process.arch}`);
  const all = join(ROOT, ".cache", "packed-desktop");
  await mkdir(all, { recursive: true });
  const home = join(all, (await stateOfSources()).slice(0, 16));
  const packed = placesIn(home, target);
  await withFolderLock(join(ROOT, ".cache", "packed-desktop.lock"), async () => {
    if (existsSync(join(home, "done"))) return;
    await removeOld(all);
    // Of an attempt that was cut off.
    await rm(home, { recursive: true, force: true });
    await packMadeUp(home, target, process.execPath);
    extractAll(join(packed.resources, "app.asar"), packed.extracted);
    await writeFile(join(home, "done"), "");
  });
  return packed;
}

/** Packs for a target of any system; the folder that came out. */
export async function packMadeUp(home: string, target: PackageTarget, nodeFile: string): Promise<string> {
  const electron = join(home, "electron", "dist");
  await makeUpElectron(electron, target.os);
  const output = join(home, "packed");
  return buildDesktopPackage({ root: ROOT, target, electron, nodeFile, output, formats: ["dir"] });
}

function placesIn(home: string, target: PackageTarget): PackedDesktop {
  const folder = join(home, "packed", packedFolderName(target));
  const resources = resourcesFolder(folder, process.platform);
  return { target, folder, resources, extracted: join(home, "extracted") };
}

/** Another run of the suite may still drive what an earlier state was packed to, so that stays for a while. */
async function removeOld(all: string): Promise<void> {
  const oldestMs = Date.now() - KEEP_MS;
  for (const name of await readdir(all)) {
    const { mtimeMs } = await stat(join(all, name));
    if (mtimeMs < oldestMs) await rm(join(all, name), { recursive: true, force: true });
  }
}

/** Of everything that decides what comes out. */
async function stateOfSources(): Promise<string> {
  const scripts = (await listFiles(join(ROOT, "scripts", "package"))).map(
    (file) => `scripts/package/${file}`,
  );
  const resources = (await listFiles(join(ROOT, "resources"))).map((file) => `resources/${file}`);
  const stamps = ["main", "desktop", "renderer"].map((part) => `dist/.${part}-stamp.json`);
  const hash = createHash("sha256").update(process.execPath);
  for (const file of ["electron-builder.yml", "package.json", ...stamps, ...scripts, ...resources]) {
    hash.update(file).update(await readFile(join(ROOT, file)));
  }
  return hash.digest("hex");
}
