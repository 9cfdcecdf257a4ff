import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { layOutLinuxRoot } from "./linux-root.ts";
import { nameOfTarget, type PackageTarget } from "./package-target.ts";
import { runProgram } from "./run-program.ts";
import { listFiles } from "./stage-parts.ts";

export interface LinuxPackageOptions {
  readonly root: string;
  /** What electron-builder packed. */
  readonly packed: string;
  readonly target: PackageTarget;
  readonly output: string;
  /** `fast` for a package that is thrown away. */
  readonly compression: "small" | "fast";
}

const DEB_ARCH = { x64: "amd64", arm64: "arm64" } as const;
const RPM_ARCH = { x64: "x86_64", arm64: "aarch64" } as const;

/** Libraries that Electron is linked with, in Debian's names; those with two names changed theirs in 2024. */
const DEB_DEPENDS = [
  "libasound2 | libasound2t64",
  "libatk-bridge2.0-0 | libatk-bridge2.0-0t64",
  "libatspi2.0-0 | libatspi2.0-0t64",
  "libgbm1",
  "libgtk-3-0 | libgtk-3-0t64",
  "libnotify4",
  "libnss3",
  "libsecret-1-0",
  "libxtst6",
  "xdg-utils",
].join(", ");
const RPM_REQUIRES = [
  "alsa-lib",
  "at-spi2-core",
  "gtk3",
  "libnotify",
  "libsecret",
  "mesa-libgbm",
  "nss",
  "xdg-utils",
];

/** Makes a deb of a packed folder with Debian's own dpkg-deb. */
export async function buildDeb(options: LinuxPackageOptions): Promise<string> {
  const { compression, output, root, target } = options;
  const folder = await workFolder(options, "deb");
  await layOutLinuxRoot({ root, packed: options.packed, folder });
  const { description, version } = await manifestOf(root);
  const control = [
    "Package: pilothouse",
    `Version: ${version}`,
    "Section: devel",
    "Priority: optional",
    `Architecture: ${DEB_ARCH[target.arch]}`,
    `Installed-Size: ${Math.ceil((await sizeOf(folder)) / 1024)}`,
    `Depends: ${DEB_DEPENDS}`,
    "Recommends: libsecret-tools",
    "Maintainer: Pilothouse contributors <maintainers@pilothouse.invalid>",
    `Description: ${description}`,
  ];
  const meta = join(folder, "DEBIAN");
  await mkdir(meta);
  await writeFile(join(meta, "control"), `${control.join("\n")}\n`);
  await writeScript(root, "after-install.sh", join(meta, "postinst"));
  await writeScript(root, "after-remove.sh", join(meta, "postrm"));
  const file = join(output, `Pilothouse-${version}-${nameOfTarget(target)}.deb`);
  const packing = compression === "small" ? ["-Zxz"] : ["-Zgzip", "-z1"];
  await runProgram("dpkg-deb", ["--root-owner-group", ...packing, "--build", folder, file]);
  await rm(folder, { recursive: true });
  return file;
}

/** Makes an rpm of a packed folder with rpmbuild. */
export async function buildRpm(options: LinuxPackageOptions): Promise<string> {
  const { compression, output, root, target } = options;
  const folder = await workFolder(options, "rpm");
  const payload = join(folder, "payload");
  await layOutLinuxRoot({ root, packed: options.packed, folder: payload });
  const { description, license, version } = await manifestOf(root);
  const script = (name: string) => readFile(join(root, "resources", "package", "linux", name), "utf8");
  const spec = [
    "Name: pilothouse",
    // A hyphen would end the version.
    `Version: ${version.replaceAll("-", "~")}`,
    "Release: 1",
    `Summary: ${description}`,
    `License: ${license}`,
    // What is in it was built elsewhere: nothing of it is looked at, stripped or made a package of its own.
    "AutoReqProv: no",
    "%global debug_package %{nil}",
    "%global __os_install_post %{nil}",
    "%global _build_id_links none",
    `%global _binary_payload ${compression === "small" ? "w19.zstdio" : "w1.gzdio"}`,
    ...RPM_REQUIRES.map((name) => `Requires: ${name}`),
    "%description",
    `${description}.`,
    "%install",
    `cp -a "${payload}/." "%{buildroot}/"`,
    "%files",
    "%defattr(-,root,root,-)",
    "/opt/Pilothouse",
    "%attr(4755,root,root) /opt/Pilothouse/chrome-sandbox",
    "/usr/bin/pilothouse",
    "/usr/share/applications/pilothouse-desktop.desktop",
    "/usr/share/icons/hicolor/*/apps/pilothouse.*",
    "/usr/share/doc/pilothouse",
    "%post",
    await script("after-install.sh"),
    "%postun",
    await script("after-remove.sh"),
  ];
  const specFile = join(folder, "pilothouse.spec");
  await writeFile(specFile, `${spec.join("\n")}\n`);
  const file = join(output, `Pilothouse-${version}-${nameOfTarget(target)}.rpm`);
  await runProgram("rpmbuild", [
    "-bb",
    `--target=${RPM_ARCH[target.arch]}-linux`,
    `--define=_topdir ${join(folder, "work")}`,
    `--define=_rpmdir ${join(folder, "made")}`,
    specFile,
  ]);
  const [made] = await listFiles(join(folder, "made"));
  await runProgram("mv", [join(folder, "made", made ?? ""), file]);
  await rm(folder, { recursive: true });
  return file;
}

/** A packed folder as one archive, to be unpacked anywhere. */
export async function buildTarGz(options: LinuxPackageOptions): Promise<string> {
  const { version } = await manifestOf(options.root);
  const name = `Pilothouse-${version}-${nameOfTarget(options.target)}`;
  const folder = await workFolder(options, "tar");
  await runProgram("cp", ["-a", options.packed, join(folder, name)]);
  const file = join(options.output, `${name}.tar.gz`);
  await packTarGz({ parent: folder, name, file, compression: options.compression });
  await rm(folder, { recursive: true });
  return file;
}

export interface TarOptions {
  readonly parent: string;
  readonly name: string;
  readonly file: string;
  readonly compression: "small" | "fast";
}

/** The same bytes for the same files: sorted, owned by root, with one time for all. */
export async function packTarGz({ compression, file, name, parent }: TarOptions): Promise<void> {
  await runProgram("tar", [
    "--create",
    "--sort=name",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mtime=@0",
    `--use-compress-program=gzip -n${compression === "small" ? "9" : "1"}`,
    `--file=${file}`,
    `--directory=${parent}`,
    name,
  ]);
}

async function workFolder({ output }: LinuxPackageOptions, kind: string): Promise<string> {
  const folder = join(output, `.${kind}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

async function manifestOf(root: string): Promise<{ version: string; description: string; license: string }> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8"));
}

async function writeScript(root: string, name: string, to: string): Promise<void> {
  const text = await readFile(join(root, "resources", "package", "linux", name), "utf8");
  await writeFile(to, text, { mode: 0o755 });
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await listFiles(folder)) bytes += (await stat(join(folder, file))).size;
  return bytes;
}
