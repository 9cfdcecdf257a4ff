import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type InlineConfig } from "vite";
import { updateSourceSchema } from "../../src-main/updates/index.ts";
import { builtFileConstants } from "./build-main.ts";
import { EXTERNALS } from "./externals.ts";
import { LEFT_OUT } from "./left-out.ts";
import { keepLicenses, licensesOf } from "./licenses.ts";
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
    await build({ ...configOf(bundle, { root, mode, outDir: staging }), define });
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

function configOf(
  bundle: (typeof BUNDLES)[number],
  where: { root: string; mode: BuildMode; outDir: string },
): InlineConfig {
  const { root, mode, outDir } = where;
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: "warn",
    resolve: { alias: [...LEFT_OUT] },
    mode: mode === "dev" ? "development" : "production",
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: bundle === BUNDLES[0],
      target: "node24",
      minify: false,
      license: licensesOf(bundle.name),
      sourcemap: mode === "dev",
      rolldownOptions: {
        input: { [bundle.name]: join(root, bundle.entry) },
        external: DESKTOP_EXTERNALS,
        output: { format: "cjs", entryFileNames: "[name].cjs", codeSplitting: false },
      },
    },
  };
}
