import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { getRuntime, LaunchError, ROOT } from "../bin/runtime.mjs";
import { buildStaleParts } from "./build/build-stale-parts.ts";
import { endWith } from "./end-with.ts";
import { checkPackage } from "./package/check-package.ts";
import { buildDesktopPackage } from "./package/electron-builder.ts";
import { buildHeadless } from "./package/headless-package.ts";
import { buildDeb, buildRpm, buildTarGz, type LinuxPackageOptions } from "./package/linux-packages.ts";
import { PACKAGE_PROGRAMS, type PackageFormat, planPackages } from "./package/package-plan.ts";
import { findHostTarget, type PackageTarget } from "./package/package-target.ts";
import { findElectron } from "./start/desktop.ts";
import { isOnPath } from "./test/system-tools.ts";

const HELP = `npm run package [-- OPTIONS]

Makes the packages that this machine can make, into release, and says what stands in the way of the others.

  --output DIR     where they go (default: release, which is emptied first)
  --electron DIR   Electron's unpacked folder (default: the one that npx install-electron brings)
  --download       let electron-builder fetch the tools it needs for AppImage, nsis, portable, msi, dmg and zip
  --fast           compress quickly, for packages that are only tried out`;

const OWN_OUTPUT = join(ROOT, "release");

const LINUX_BUILDERS: Readonly<
  Partial<Record<PackageFormat, (options: LinuxPackageOptions) => Promise<string>>>
> = { deb: buildDeb, rpm: buildRpm, "tar.gz": buildTarGz };

interface Wishes {
  readonly electron: string | null;
  readonly mayDownload: boolean;
  readonly compression: "small" | "fast";
  readonly output: string;
}

async function packageAll(): Promise<void> {
  const wishes = readWishes(process.argv.slice(2));
  if (wishes === null) {
    console.log(HELP);
    return;
  }
  const host = findHostTarget(process.platform, process.arch);
  if (host === null) throw new LaunchError(`No packages are made for ${process.platform}-${process.arch}.`);
  const programs = new Set<string>();
  for (const name of PACKAGE_PROGRAMS) if (await isOnPath(name)) programs.add(name);
  const plan = planPackages({
    host,
    hasElectron: wishes.electron !== null,
    mayDownload: wishes.mayDownload,
    programs,
  });
  const wanted = plan.filter(({ obstacle }) => obstacle === null).map(({ format }) => format);
  // Forced, so that nothing of a build with source maps gets in. Tests that built once set this.
  if (process.env["PILOTHOUSE_ASSUME_BUILT"] !== "1") await buildStaleParts("release", true);
  const { output } = wishes;
  await prepareOutput(output);
  if (wanted.includes("headless")) {
    say(await buildHeadless({ root: ROOT, target: host, output, compression: wishes.compression }));
  }
  const desktop = wanted.filter((format) => format !== "headless");
  if (wishes.electron !== null && desktop.length > 0) {
    await packageDesktop({ electron: wishes.electron, formats: desktop, host, wishes });
  }
  for (const { format, obstacle } of plan)
    if (obstacle !== null) console.log(`not made: ${format} ${obstacle}`);
}

/** Our own folder is emptied; in another one there may be anything. */
async function prepareOutput(output: string): Promise<void> {
  if (output === OWN_OUTPUT) await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  if ((await readdir(output)).length > 0) throw new LaunchError(`${output} is not empty.`, 2);
}

interface DesktopPackaging {
  readonly electron: string;
  readonly formats: readonly PackageFormat[];
  readonly host: PackageTarget;
  readonly wishes: Wishes;
}

async function packageDesktop({ electron, formats, host, wishes }: DesktopPackaging): Promise<void> {
  const { output } = wishes;
  const forBuilder = formats.filter((format) => LINUX_BUILDERS[format] === undefined);
  const packed = await buildDesktopPackage({
    root: ROOT,
    target: host,
    electron,
    nodeFile: getRuntime(),
    output,
    formats: forBuilder.length === 0 ? ["dir"] : forBuilder,
  });
  const { archiveBytes, problems, totalBytes } = await checkPackage(packed, host);
  if (problems.length > 0) throw new LaunchError(`The package is not as it must be:\n${problems.join("\n")}`);
  console.log(
    `checked: ${packed} (archive ${megabytes(archiveBytes)}, all of ours ${megabytes(totalBytes)})`,
  );
  for (const format of forBuilder) say(`${output}: ${format}`);
  const options = { root: ROOT, packed, target: host, output, compression: wishes.compression };
  for (const format of formats) {
    const file = await LINUX_BUILDERS[format]?.(options);
    if (file !== undefined) say(file);
  }
}

function readWishes(args: readonly string[]): Wishes | null {
  let values: ReturnType<typeof readOptions>;
  try {
    values = readOptions(args);
  } catch (error) {
    throw new LaunchError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`, 2);
  }
  if (values.help === true) return null;
  const found = findElectron(ROOT);
  return {
    electron: values.electron === undefined ? distOf(found) : resolve(values.electron),
    mayDownload: values.download === true,
    output: resolve(values.output ?? OWN_OUTPUT),
    compression: values.fast === true ? "fast" : "small",
  };
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      electron: { type: "string" },
      output: { type: "string" },
      download: { type: "boolean" },
      fast: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  return values;
}

/** Electron's folder: that of the binary, or on macOS the one that holds the program. */
function distOf(binary: string | null): string | null {
  if (binary === null) return null;
  return process.platform === "darwin" ? resolve(dirname(binary), "..", "..", "..") : dirname(binary);
}

function say(made: string): void {
  console.log(`made: ${made}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

await endWith(packageAll);
