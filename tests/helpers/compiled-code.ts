import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The core is one large file; what V8 made of Node's own few is far below. */
const CORE_BYTES = 200_000;
const LOOK_EVERY_MS = 50;

/** Resolves once the desktop with this data folder has kept the compiled code of its core. */
export async function untilCoreIsKept(data: string): Promise<void> {
  while (!(await isCoreKept(join(data, "window", "compiled")))) await sleep(LOOK_EVERY_MS);
}

async function isCoreKept(folder: string): Promise<boolean> {
  try {
    const files = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
    return sizes.some((size) => size > CORE_BYTES);
  } catch {
    // Not there yet, or renamed between the two looks.
    return false;
  }
}
