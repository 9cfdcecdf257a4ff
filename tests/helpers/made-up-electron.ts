import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createPackage } from "@electron/asar";
import { NtExecutable, NtExecutableResource, Resource } from "resedit";
import type { PackageTarget } from "../../scripts/package/package-target.ts";

/** The mark by which fuses are found in a binary, with all nine as Electron ships them. */
const FUSE_WIRE = Buffer.concat([
  Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX"),
  Buffer.from([1, 9]),
  Buffer.from("101100010"),
]);

const COMMON = [
  "LICENSE",
  "LICENSES.chromium.html",
  "icudtl.dat",
  "resources.pak",
  "chrome_100_percent.pak",
  "chrome_200_percent.pak",
  "snapshot_blob.bin",
  "v8_context_snapshot.bin",
  "locales/en-US.pak",
  "locales/de.pak",
  "locales/ru.pak",
  "version",
] as const;

/**
 * A folder shaped like an unpacked Electron: enough for electron-builder to copy, rename, edit and set fuses in. It
 * cannot run.
 */
export async function makeUpElectron(folder: string, os: PackageTarget["os"]): Promise<void> {
  const write = writerIn(folder);
  if (os === "mac") await makeUpForMac(folder);
  else {
    for (const file of COMMON) await write(file, "45.3.4");
    await writeDefaultApp(folder, "resources/default_app.asar");
  }
  if (os === "linux") {
    for (const file of ["electron", "chrome-sandbox", "chrome_crashpad_handler"]) {
      await write(file, file === "electron" ? FUSE_WIRE : file, 0o755);
    }
    await write("libffmpeg.so", "x");
  }
  if (os === "win") {
    await write("electron.exe", Buffer.concat([windowsExecutable(), FUSE_WIRE]));
    await write("ffmpeg.dll", "x");
  }
}

function writerIn(folder: string) {
  return async (file: string, content: string | Buffer, mode = 0o644): Promise<void> => {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode });
  };
}

async function writeDefaultApp(folder: string, file: string): Promise<void> {
  const source = join(folder, "..", "default-app");
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "package.json"), "{}");
  await createPackage(source, join(folder, "..", "default-app.asar"));
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await copyFile(join(folder, "..", "default-app.asar"), join(folder, file));
}

/** The least that carries what Windows shows of a program, where the hash of the archive is put as well. */
function windowsExecutable(): Buffer {
  const executable = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(executable);
  const version = Resource.VersionInfo.createEmpty();
  version.setStringValues({ lang: 1033, codepage: 1200 }, { ProductName: "Electron" });
  version.outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  return Buffer.from(executable.generate());
}

async function makeUpForMac(folder: string): Promise<void> {
  const write = writerIn(folder);
  const contents = "Electron.app/Contents";
  for (const file of ["version", "LICENSE", "LICENSES.chromium.html"]) await write(file, "45.3.4");
  await write(`${contents}/Info.plist`, propertyList("Electron", "com.github.Electron"));
  await write(`${contents}/MacOS/Electron`, "x", 0o755);
  await write(`${contents}/Resources/electron.icns`, "x");
  await writeDefaultApp(folder, `${contents}/Resources/default_app.asar`);
  for (const language of ["en", "de", "ru"])
    await write(`${contents}/Resources/${language}.lproj/locale.pak`, language);
  for (const kind of ["", " (GPU)", " (Renderer)", " (Plugin)"]) {
    const name = `Electron Helper${kind}`;
    const helper = `${contents}/Frameworks/${name}.app/Contents`;
    const id = `com.github.Electron.helper${kind.replaceAll(/[ ()]/g, "")}`;
    await write(`${helper}/Info.plist`, propertyList(name, id));
    await write(`${helper}/MacOS/${name}`, "x", 0o755);
  }
  const framework = `${contents}/Frameworks/Electron Framework.framework`;
  await write(
    `${framework}/Versions/A/Electron Framework`,
    Buffer.concat([Buffer.from("x"), FUSE_WIRE]),
    0o755,
  );
  const plist = propertyList("Electron Framework", "com.github.Electron.framework");
  await write(`${framework}/Versions/A/Resources/Info.plist`, plist);
  for (const language of ["en", "de", "ru"])
    await write(`${framework}/Versions/A/Resources/${language}.lproj/locale.pak`, language);
  for (const [link, to] of [
    ["Versions/Current", "A"],
    ["Electron Framework", "Versions/Current/Electron Framework"],
    ["Resources", "Versions/Current/Resources"],
  ] as const) {
    await symlink(to, join(folder, framework, link));
  }
}

function propertyList(name: string, id: string): string {
  const entries = Object.entries({
    CFBundleExecutable: name,
    CFBundleIdentifier: id,
    CFBundleName: name,
    CFBundleIconFile: "electron.icns",
    CFBundlePackageType: "APPL",
  }).map(([key, value]) => `<key>${key}</key><string>${value}</string>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<plist version="1.0"><dict>${entries.join("")}</dict></plist>`,
  ].join("\n");
}
