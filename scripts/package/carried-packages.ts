import { type PackageTarget, platformOf } from "./package-target.ts";

/** A package that cannot be part of a bundle and goes along as it is, with the files of it that are needed. */
export interface CarriedPackage {
  readonly name: string;
  /** Folder under node_modules. */
  readonly folder: string;
  /** The files that go along, relative to the package; slashes on every system. */
  readonly takes: (file: string, target: PackageTarget) => boolean;
  /** Whether Electron's own process loads it too, and not only plain Node. */
  readonly isForCore: boolean;
}

const LICENSE = /^(?:LICENSE|LICENCE|NOTICE|ThirdPartyNotices)(?:\.(?:md|txt))?$/;

/** Its file for another system is never looked at: `lib` holds one small loader per system, which no bundle misses. */
const SQLITE_LIB = /^lib\/(?!(?:linux|linuxmusl|darwin|win32)-).+\.js$/;
/** The page of Playwright's own tools is a third of it, and no sample opens one. */
const PLAYWRIGHT =
  /^(?:index\.(?:js|mjs)|browsers\.json|lib\/(?:bootstrap|coreBundle|utilsBundle|serverRegistry|package)\.js|lib\/(?:server|entry)\/.+\.js|lib\/webp_codec\.wasm|lib\/xdg-open|lib\/.+\.LICENSE)$/;

export const CARRIED_PACKAGES: readonly CarriedPackage[] = [
  {
    name: "better-sqlite3",
    folder: "better-sqlite3",
    isForCore: true,
    takes: (file, target) => SQLITE_LIB.test(file) || file === `prebuilds/${platformOf(target)}.node`,
  },
  {
    name: "keytar",
    folder: "keytar",
    isForCore: false,
    takes: (file, target) =>
      file === "lib/keytar.js" || file === `prebuilds/${platformOf(target)}/keytar.node`,
  },
  {
    // Not part of the program: the sample that watches a page gets it from here.
    name: "playwright-core",
    folder: "playwright-core",
    isForCore: false,
    takes: (file) => PLAYWRIGHT.test(file),
  },
];

/** The files of a carried package for a target, out of all that it has. */
export function filesTaken(
  carried: CarriedPackage,
  files: readonly string[],
  target: PackageTarget,
): readonly string[] {
  return files.filter((file) => file === "package.json" || LICENSE.test(file) || carried.takes(file, target));
}
