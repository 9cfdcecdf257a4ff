import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPackageWithOptions, extractAll } from "@electron/asar";
import { FuseV1Options, FuseVersion, flipFuses } from "@electron/fuses";
import { expect, test } from "vitest";
import { packMadeUp } from "#tests/helpers/packed-desktop.ts";
import { checkPackage } from "../../scripts/package/check-package.ts";
import { nameOfTarget, type PackageTarget, platformOf } from "../../scripts/package/package-target.ts";
import { electronBinary, resourcesFolder } from "../../scripts/package/packed-folder.ts";

const MAX_BYTES = 60 * 1024 ** 2;
const TARGETS: readonly PackageTarget[] = [
  { os: "linux", arch: "x64" },
  { os: "win", arch: "x64" },
  { os: "mac", arch: "arm64" },
];
const PACKING_MS = 120_000;

interface Packed extends AsyncDisposable {
  readonly folder: string;
  readonly platform: string;
  readonly target: PackageTarget;
  readonly resources: string;
}

/** Around a made-up Electron, with a few bytes in the place of the Node of a system that is not this one. */
async function pack(target: PackageTarget): Promise<Packed> {
  const home = await mkdtemp(join(tmpdir(), "pilothouse-pack-"));
  const nodeFile = join(home, "node");
  await writeFile(nodeFile, "node");
  const folder = await packMadeUp(home, target, nodeFile);
  const [platform = ""] = platformOf(target).split("-");
  return {
    folder,
    platform,
    target,
    resources: resourcesFolder(folder, platform),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

async function problemsOf({ folder, target }: Packed): Promise<readonly string[]> {
  return (await checkPackage(folder, target)).problems;
}

test.each(TARGETS.map((target) => ({ name: nameOfTarget(target), target })))(
  "a package for $name holds what it must and nothing else, and each way to spoil it is found",
  async ({ target }) => {
    await using packed = await pack(target);
    const { archiveBytes, problems, totalBytes } = await checkPackage(packed.folder, target);

    expect(problems).toEqual([]);
    expect(archiveBytes).toBeLessThan(MAX_BYTES);
    expect(totalBytes).toBeLessThan(MAX_BYTES);

    await expectFlippedFuseFound(packed);
    await expectStrangersFound(packed);
    await expectChangedArchiveFound(packed);
  },
  PACKING_MS,
);

async function expectFlippedFuseFound(packed: Packed): Promise<void> {
  const binary = electronBinary(packed.folder, packed.platform);
  const set = (fuse: FuseV1Options, isOn: boolean) =>
    flipFuses(binary, { version: FuseVersion.V1, [fuse]: isOn });
  await set(FuseV1Options.RunAsNode, true);
  await set(FuseV1Options.WasmTrapHandlers, false);

  expect(await problemsOf(packed)).toEqual([
    "the fuse RunAsNode is not as decided",
    "the fuse WasmTrapHandlers is not as decided",
  ]);

  await set(FuseV1Options.RunAsNode, false);
  await set(FuseV1Options.WasmTrapHandlers, true);
}

async function expectStrangersFound(packed: Packed): Promise<void> {
  const program = join(packed.resources, "program");
  const other = packed.target.os === "win" ? "linux-x64" : "win32-x64";
  const strangers = [
    `node_modules/keytar/prebuilds/${other}/keytar.node`,
    "dist/main/cli.js.map",
    "node_modules/better-sqlite3/src/addon.cpp",
    "node_modules/better-sqlite3/README.md",
    "src-main/compose.ts",
  ];
  for (const file of strangers) {
    await mkdir(join(program, file, ".."), { recursive: true });
    await writeFile(join(program, file), "");
  }
  await writeFile(join(packed.resources, "app-update.yml"), "");

  const problems = await problemsOf(packed);
  expect(problems.toSorted()).toEqual(
    [...strangers, "resources/app-update.yml"].map((file) => `${file} must not be in the package`).toSorted(),
  );

  for (const file of strangers) await rm(join(program, file));
  await rm(join(packed.resources, "app-update.yml"));
}

async function expectChangedArchiveFound(packed: Packed): Promise<void> {
  const archive = join(packed.resources, "app.asar");
  const opened = join(packed.folder, "..", "opened");
  extractAll(archive, opened);
  await appendFile(join(opened, "dist", "desktop", "main.cjs"), "\n// Somebody was here.\n");
  await writeFile(join(opened, "dist", "desktop", "main.cjs.map"), "{}");
  await rm(join(opened, "dist", "desktop", "preload.cjs"));
  await createPackageWithOptions(opened, archive, { unpack: "**/*.{node,js}" });

  const problems = await problemsOf(packed);
  expect(problems).toContain("dist/desktop/main.cjs.map must not be in the package");
  expect(problems).toContain("nothing in the package is dist/desktop/preload.cjs");
  expect(problems).toContain("node_modules/better-sqlite3/lib/index.js lies outside of the archive");
  // Electron checks archives on two systems only.
  const mismatch = problems.filter((problem) => problem.includes("belongs to an archive"));
  expect(mismatch).toHaveLength(packed.target.os === "linux" ? 0 : 1);
}

test("what macOS is told of the program allows no connection to just any address, and links of ours", async () => {
  await using packed = await pack({ os: "mac", arch: "x64" });
  const list = await readFile(join(packed.folder, "Pilothouse.app", "Contents", "Info.plist"), "utf8");

  expect(list).toMatch(/<key>NSAllowsArbitraryLoads<\/key>\s*<false\/>/);
  expect(list).toMatch(/<key>CFBundleURLSchemes<\/key>\s*<array>\s*<string>pilothouse<\/string>/);
  expect(list).toMatch(/<key>CFBundleIdentifier<\/key>\s*<string>org\.pilothouse\.desktop<\/string>/);
});
