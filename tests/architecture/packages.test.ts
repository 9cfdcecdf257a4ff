import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UNUSED_INSTALL_SCRIPTS } from "./allowances.ts";
import { ROOT } from "./source-files.ts";

const KINDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;
type Versions = Readonly<Record<string, string>>;
interface Manifest extends Partial<Record<(typeof KINDS)[number], Versions>> {
  readonly version: string;
  readonly license: string;
}
interface LockFile {
  readonly version: string;
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly optionalDependencies?: Versions;
        readonly hasInstallScript?: boolean;
      }
    >
  >;
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const lockText = readFileSync(join(ROOT, "package-lock.json"), "utf8");
const lock: LockFile = JSON.parse(lockText);

describe("packages", () => {
  test("every version is exact", () => {
    const versions = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));

    const loose = versions.filter(
      ([, version]) => !/^(npm:(@[\w-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  test("the lock file names no download address", () => {
    expect(lockText).not.toContain('"resolved"');
    expect(lockText.match(/https?:\/\/[^"]*registry[^"]*/g) ?? []).toEqual([]);
  });

  test("the lock file has every package for every platform, or npm ci would refuse it", () => {
    const missing = Object.entries(lock.packages).flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter((name) => {
        const places = [`node_modules/${name}`, `${place}/node_modules/${name}`];
        return !places.some((where) => lock.packages[where]?.version !== undefined);
      }),
    );

    expect(missing).toEqual([]);
  });

  test("no package runs a script when it is installed, and the one that would brings what it would make", () => {
    const withScripts = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript === true);

    expect(withScripts.map(([place]) => place).sort()).toEqual(
      [...UNUSED_INSTALL_SCRIPTS, "node_modules/keytar"].sort(),
    );
    // Its script only compiles where there is no prebuilt file, and npm is told to run none.
    expect(existsSync(join(ROOT, "node_modules/keytar/prebuilds/linux-x64"))).toBe(true);
    expect(existsSync(join(ROOT, "node_modules/keytar/build"))).toBe(false);
  });

  test("npm compiles nothing: it would, for every package with a binding.gyp, as the lock file cannot say otherwise", () => {
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8").split("\n")).toContain("ignore-scripts=true");
  });

  test("the two files agree on the version of the program", () => {
    expect(lock.version).toBe(manifest.version);
  });
});
