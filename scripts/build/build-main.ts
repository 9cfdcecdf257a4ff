import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { EXTERNALS } from "./externals.ts";
import { keepLicenses } from "./licenses.ts";
import { configOfNodeBundle, type NodeBundle } from "./node-bundle.ts";
import { type BuildMode, publishFolder } from "./publish-folder.ts";

interface MainBundle extends NodeBundle {
  /**
   * For a single file, which must not look around for its parts: the constant by which the bundles behind it know
   * the name of this very build of it. Null for a bundle of several files.
   */
  readonly fileConstant: string | null;
}

const BUNDLES: readonly MainBundle[] = [
  {
    name: "run-supervisor",
    entry: "src-main/drivers/process/supervisor/main.ts",
    fileConstant: "SUPERVISOR_FILE",
  },
  { name: "log-worker", entry: "src-main/logs/worker/main.ts", fileConstant: "LOG_WORKER_FILE" },
  { name: "keychain", entry: "src-main/vault/keychain/main.ts", fileConstant: "KEYCHAIN_FILE" },
  // Split, so that a command that only asks a running core never loads the database.
  { name: "cli", entry: "src-main/entries/cli/main.ts", fileConstant: null },
];

/** Builds the Node side into dist/main. */
export async function buildMain(root: string, mode: BuildMode): Promise<void> {
  const staging = join(root, ".cache", "build", "main");
  const constants: Record<string, string> = {};
  for (const bundle of BUNDLES) {
    const isFirst = bundle === BUNDLES[0];
    const output = outputOf(bundle);
    const define = constants;
    await build(
      configOfNodeBundle(bundle, {
        root,
        mode,
        outDir: staging,
        isFirst,
        external: EXTERNALS,
        output,
        define,
      }),
    );
    if (bundle.fileConstant !== null)
      constants[bundle.fileConstant] = JSON.stringify(await nameByContent(staging, bundle));
  }
  await keepLicenses(root, staging);
  await publishFolder({
    from: staging,
    to: join(root, "dist", "main"),
    entries: BUNDLES.map(({ name }) => `${name}.js`),
  });
}

/**
 * Puts the bundle there once more under a name with its hash: a core that runs the build before goes on with the
 * supervisor and the threads it was made for.
 */
async function nameByContent(folder: string, { name }: MainBundle): Promise<string> {
  const named = await hashedName(folder, name);
  await copyFile(join(folder, `${name}.js`), join(folder, named));
  return named;
}

async function hashedName(folder: string, name: string): Promise<string> {
  const content = await readFile(join(folder, `${name}.js`));
  return `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.js`;
}

/** Names of the single files that were built last, for a core that is built elsewhere from the same sources. */
export async function builtFileConstants(root: string): Promise<Record<string, string>> {
  const constants: Record<string, string> = {};
  for (const { name, fileConstant } of BUNDLES) {
    if (fileConstant !== null) {
      constants[fileConstant] = JSON.stringify(await hashedName(join(root, "dist", "main"), name));
    }
  }
  return constants;
}

function outputOf({ fileConstant }: MainBundle) {
  return {
    format: "es",
    entryFileNames: "[name].js",
    // Beside the entry, so that `import.meta.dirname` means the same folder in every piece.
    chunkFileNames: "[name]-[hash].js",
    ...(fileConstant !== null ? { codeSplitting: false } : {}),
  } as const;
}
