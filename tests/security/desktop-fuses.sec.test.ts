import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FuseConfig, FuseV1Options, FuseVersion, flipFuses } from "@electron/fuses";
import { expect, test } from "vitest";
import { makeUpElectron } from "#tests/helpers/made-up-electron.ts";
import { FUSES, findWrongFuses } from "../../scripts/package/fuses.ts";
import type { PackageTarget } from "../../scripts/package/package-target.ts";

/** As decided, written down a second time: a change of the decision itself has to show too. */
const DECIDED = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
} as const satisfies Record<keyof typeof FuseV1Options, boolean>;

const NAMES = Object.keys(DECIDED) as readonly (keyof typeof DECIDED)[];
const SYSTEMS: readonly PackageTarget["os"][] = ["linux", "win", "mac"];
/** Behind this mark a version, a count, and one character for each fuse. */
const MARK = Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX");

const BINARIES = {
  linux: "electron",
  win: "electron.exe",
  mac: "Electron.app/Contents/MacOS/Electron",
} as const;
/** Where the fuses themselves are; on macOS they are in the framework. */
const CARRIERS = {
  ...BINARIES,
  mac: "Electron.app/Contents/Frameworks/Electron Framework.framework/Versions/A/Electron Framework",
} as const;

interface Binary extends AsyncDisposable {
  readonly file: string;
  readonly carrier: string;
}

/** A made-up Electron with its fuses set in the way a package's are. */
async function packedBinary(os: PackageTarget["os"], fuses: FuseConfig = FUSES): Promise<Binary> {
  const home = await mkdtemp(join(tmpdir(), "pilothouse-fuses-"));
  const folder = join(home, "electron");
  await makeUpElectron(folder, os);
  const file = join(folder, BINARIES[os]);
  await flipFuses(file, fuses);
  return {
    file,
    carrier: join(folder, CARRIERS[os]),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** What stands in the file, read without the library that sets and checks it. */
async function standsIn(carrier: string): Promise<Record<string, boolean>> {
  const content = await readFile(carrier);
  const wire = content.subarray(content.indexOf(MARK) + MARK.length + 2);
  return Object.fromEntries(NAMES.map((name) => [name, wire[FuseV1Options[name]] === "1".charCodeAt(0)]));
}

async function flip(carrier: string, name: keyof typeof DECIDED): Promise<void> {
  const content = await readFile(carrier);
  const at = content.indexOf(MARK) + MARK.length + 2 + FuseV1Options[name];
  content[at] = (content[at] ?? 0) ^ 1;
  await chmod(carrier, 0o755);
  await writeFile(carrier, content);
}

test.each(SYSTEMS)("the program for %s has all nine fuses as decided", async (os) => {
  await using binary = await packedBinary(os);

  expect(await standsIn(binary.carrier)).toEqual(DECIDED);
  expect(await findWrongFuses(binary.file)).toEqual([]);
});

test.each(SYSTEMS.flatMap((os) => NAMES.map((name) => ({ os, name }))))(
  "the fuse $name flipped in the program for $os is found, by its name",
  async ({ os, name }) => {
    await using binary = await packedBinary(os);

    await flip(binary.carrier, name);

    expect(await findWrongFuses(binary.file)).toEqual([name]);
  },
);

test.each(NAMES)("a package that decides otherwise about %s does not pass for sound", async (name) => {
  const fuse = FuseV1Options[name];
  await using binary = await packedBinary("linux", {
    ...FUSES,
    version: FuseVersion.V1,
    [fuse]: !DECIDED[name],
  });

  expect(await standsIn(binary.carrier)).not.toEqual(DECIDED);
  expect(await findWrongFuses(binary.file)).toEqual([name]);
});
