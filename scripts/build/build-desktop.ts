import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { updateSourceSchema } from "../../src-main/updates/index.ts";
import { builtFileConstants } from "./build-main.ts";
import { EXTERNALS } from "./externals.ts";
import { keepLicenses } from "./licenses.ts";
import { configOfNodeBundle } from "./node-bundle.ts";
import { type BuildMode, publishFolder } from "./publish-folder.ts";

/** Electron gives its own modules. */
const DESKTOP_EXTERNALS = ["electron", "electron/main", "electron/common", "electron/renderer", ...EXTERNALS];

/** One CommonJS file each: what Electron reads from an archive loads fastest as one, and a sandboxed preload must be. */
const BUNDLES = [
  { name: "main", entry: "src-main/entries/desktop/main.ts" },
  { name: "core", entry: "src-main/entries/desktop/core-main.ts" },
  { name: "preload", entry: "src-preload/bridge.ts" },
] as const;

/** Builds the desktop's own processes into dist/desktop. */
export async function buildDesktop(root: string, mode: BuildMode): Promise<void> {
  const staging = join(root, ".cache", "build", "desktop");
  // The core starts the files that lie in dist/main, which is built before.
  const define = { ...(await builtFileConstants(root)), UPDATE_SOURCE: await readUpdateSource(root) };
  for (const bundle of BUNDLES) {
    const isFirst = bundle === BUNDLES[0];
    const output = { format: "cjs", entryFileNames: "[name].cjs", codeSplitting: false } as const;
    const external = DESKTOP_EXTERNALS;
    await build(
      configOfNodeBundle(bundle, { root, mode, outDir: staging, isFirst, external, output, define }),
    );
  }
  await keepLicenses(root, staging);
  await publishFolder({
    from: staging,
    to: join(root, "dist", "desktop"),
    entries: BUNDLES.map(({ name }) => `${name}.cjs`),
  });
}

/** Part of the program and not a file beside it, so that only who signs a release can change it. */
async function readUpdateSource(root: string): Promise<string> {
  const text = await readFile(join(root, "resources", "updates.json"), "utf8");
  return JSON.stringify(updateSourceSchema.parse(JSON.parse(text)));
}
