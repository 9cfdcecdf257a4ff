import { type PackageTarget, platformOf } from "./package-target.ts";

/**
 * What may lie in a package, written down apart from what is staged: a new kind of file has to be named here before
 * any package with it is made.
 */
export interface AllowList {
  readonly may: readonly FilePattern[];
  /** Without these the package would not work. */
  readonly must: readonly FilePattern[];
}

/** One file, or every file that fits. */
type FilePattern = string | RegExp;

const PAGE = "dist/renderer/index.html";
const PAGE_PIECES = /^dist\/renderer\/assets\/[\w.-]+\.(?:js|css|woff2?|svg|png)$/;
const LICENSES = /^node_modules\/[\w-]+\/(?:package\.json|LICENSE(?:\.md)?|NOTICE|ThirdPartyNotices\.txt)$/;
/** No loader of another system: those are named after it. */
const SQLITE_LIB = /^node_modules\/better-sqlite3\/lib\/(?:methods\/)?[a-z]+(?:-error)?\.js$/;

/** The archive that Electron loads. */
export function allowedInArchive(target: PackageTarget): AllowList {
  const native = `node_modules/better-sqlite3/prebuilds/${platformOf(target)}.node`;
  const processes = ["main", "core", "preload"].map((name) => `dist/desktop/${name}.cjs`);
  const must = ["package.json", ...processes, PAGE, native];
  return {
    must,
    may: [...must, PAGE_PIECES, /^resources\/icons\/(?:icon-256|tray)\.png$/, LICENSES, SQLITE_LIB],
  };
}

/** What plain Node runs: `program` in a desktop package. */
export function allowedInProgram(target: PackageTarget): AllowList {
  const platform = platformOf(target);
  const natives = [`better-sqlite3/prebuilds/${platform}.node`, `keytar/prebuilds/${platform}/keytar.node`];
  const must = [
    "package.json",
    "LICENSE",
    "THIRD-PARTY-LICENSES.md",
    "dist/main/cli.js",
    /^dist\/main\/run-supervisor-[0-9a-f]{12}\.js$/,
    /^dist\/main\/log-worker-[0-9a-f]{12}\.js$/,
    /^dist\/main\/keychain-[0-9a-f]{12}\.js$/,
    PAGE,
    ...natives.map((file) => `node_modules/${file}`),
  ];
  return {
    must,
    may: [
      ...must,
      PAGE_PIECES,
      LICENSES,
      SQLITE_LIB,
      /^dist\/main\/[\w-]+\.js$/,
      /^node_modules\/keytar\/lib\/keytar\.js$/,
      /^node_modules\/playwright-core\/(?:index\.m?js|browsers\.json|lib\/[\w./-]+\.(?:js|LICENSE|wasm)|lib\/xdg-open)$/,
      /^resources\/samples\/[a-z-]+\/(?:[a-z-]+\/)?(?:\.pilothouseignore|[\w.-]+\.(?:yaml|json|mjs|py|md|txt))$/,
    ],
  };
}

/** The headless package: the program, its launcher, and what a server needs to keep it running. */
export function allowedInHeadless(target: PackageTarget): AllowList {
  const { may, must } = allowedInProgram(target);
  const own = ["bin/pilothouse", "bin/command.mjs", "README.md", "systemd/pilothouse.service"];
  return {
    must: [...must, ...own],
    may: [...may, ...own, /^bin\/(?:pilothouse\.cmd|package\.json|[a-z-]+\.mjs)$/],
  };
}

/** One sentence per file that must not be there, and per one that is missing. */
export function compareWithList(files: readonly string[], { may, must }: AllowList): readonly string[] {
  const strangers = files.filter((file) => !may.some((pattern) => fits(file, pattern)));
  const missing = must.filter((pattern) => !files.some((file) => fits(file, pattern)));
  return [
    ...strangers.map((file) => `${file} must not be in the package`),
    ...missing.map((pattern) => `nothing in the package is ${String(pattern)}`),
  ];
}

function fits(file: string, pattern: FilePattern): boolean {
  return typeof pattern === "string" ? file === pattern : pattern.test(file);
}
