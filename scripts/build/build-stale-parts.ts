import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  BUILD_PARTS,
  type BuildPart,
  findStaleParts,
  takeStamp,
  writeStamp,
} from "../../bin/build-state.mjs";
import { withFolderLock } from "../../bin/folder-lock.mjs";
import { LaunchError, ROOT } from "../../bin/runtime.mjs";
import type { BuildMode } from "./publish-folder.ts";

/** Loaded on first use: the bundler takes longer to load than a built program to start. */
const BUILDERS = {
  main: async () => (await import("./build-main.ts")).buildMain,
  desktop: async () => (await import("./build-desktop.ts")).buildDesktop,
  renderer: async () => (await import("./build-renderer.ts")).buildRenderer,
} as const;

/**
 * Builds the parts whose sources changed and says one line about each.
 *
 * Several processes may ask at once (tests start the command line side by side): one builds, the others wait and
 * find it done.
 *
 * @throws LaunchError when the code does not build; what was built before stays in place.
 */
export async function buildStaleParts(mode: BuildMode, isForced = false): Promise<void> {
  if (!isForced && findStaleParts(ROOT).length === 0) return;
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  await withFolderLock(join(ROOT, ".cache", "build.lock"), async () => {
    for (const part of isForced ? BUILD_PARTS : findStaleParts(ROOT)) {
      const startedAt = performance.now();
      const stamp = takeStamp(ROOT, part);
      await buildPart(part, mode);
      writeStamp(ROOT, part, stamp);
      console.error(`Built ${part} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
    }
  });
}

async function buildPart(part: BuildPart, mode: BuildMode): Promise<void> {
  try {
    const build = await BUILDERS[part]();
    await build(ROOT, mode);
  } catch (error) {
    throw new LaunchError(
      `Building ${part} failed. ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
