import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { RunId } from "#contract/ids.ts";
import { isFinal } from "#contract/run.ts";
import { CoreChild } from "#tests/helpers/core-child.ts";
import type { CoreHarness } from "#tests/helpers/core-harness.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { BLOCK_BYTES, floodBlock } from "./core-flood.ts";

/** A flood that goes on while nobody is there. */
export interface Flood {
  readonly harness: CoreHarness;
  readonly id: RunId;
  /** The flood ends when this file is there, and says in the other one how many blocks it has printed. */
  readonly gate: string;
  readonly printed: string;
  /**
   * With it, a core is killed once it has stored something, or has caught up with the flood: it takes longer to find the
   * run again than others live.
   */
  readonly pursuit?: Pursuit;
  /** What the cores that are killed get besides the environment of the test. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** How it shows whether a core has caught up with a flood. */
export interface Pursuit {
  /** Bytes that were taken down. */
  captured(): Promise<number>;
  /** While this file is there, the flood is no more than a brook. */
  readonly calm: string;
}

/** Starts of a core that many others hold up. */
export const SLOW_START_MS = 15_000;
const LONGEST_LIFE_MS = 400;
const LOOK_MS = 10;
/** Of so many cores one is killed while it still starts. */
const YOUNG_EVERY = 4;
/** Of so many cores one is killed when it has caught up. */
const LATE_EVERY = 2;
/** Who is no further behind hears the flood live, and has heard this much of it then. */
const LAG_BYTES = 4 << 20;
const HEARD_BYTES = 8 << 20;
/** So often what is stored is compared with the beginning of the flood. */
const LOOKS = 5;
const signal = new AbortController().signal;

/** Compares stored bytes with what the flood says, block by block; how many there are. */
export async function checkPrefix(stored: AsyncIterable<Uint8Array>, what: string): Promise<number> {
  let count = 0;
  let block = floodBlock(0);
  for await (const bytes of stored) {
    for (let at = 0; at < bytes.length; ) {
      const from = count % BLOCK_BYTES;
      if (from === 0) block = floodBlock(count / BLOCK_BYTES);
      const size = Math.min(bytes.length - at, BLOCK_BYTES - from);
      const isSame = block.subarray(from, from + size).equals(bytes.subarray(at, at + size));
      if (!isSame) throw new Error(`${what}: differs within ${size} bytes behind ${count}`);
      at += size;
      count += size;
    }
  }
  return count;
}

/** Waits until the files in the folder are larger than they were. */
async function untilGrown(folder: string): Promise<void> {
  const sizeOf = async () => {
    const names = await readdir(folder);
    const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  for (const before = await sizeOf(); (await sizeOf()) <= before; ) await sleep(LOOK_MS);
}

/** Waits until the core hears the flood live, and has heard some of it. */
async function untilLive({ calm, captured }: Pursuit, printed: string): Promise<void> {
  const bytesPrinted = async () => Number(await readFile(printed, "utf8")) * BLOCK_BYTES;
  // On a busy machine the log of an engine is read more slowly than it grows.
  await writeFile(calm, "");
  while ((await captured()) < (await bytesPrinted()) - LAG_BYTES) await sleep(LOOK_MS);
  await rm(calm);
  const enough = (await bytesPrinted()) + HEARD_BYTES;
  while ((await captured()) < enough) await sleep(LOOK_MS);
}

/**
 * Kills one core after the other while the run floods. What is stored must be an exact beginning of the flood each time, and all of
 * it in the end, without a gap. The core of the harness is closed before and opened again after.
 */
export async function killDuringFlood(flood: Flood, kills: number): Promise<void> {
  const { environment, gate, harness, id, printed, pursuit } = flood;
  await harness.core.close();
  const compiled = path.join(harness.base, "compiled");
  await mkdir(compiled);
  // What one core has compiled the next ones need not, which is most of what a start costs.
  const env = { ...environment, NODE_COMPILE_CACHE: compiled };
  const sizes: number[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const core = CoreChild.spawn(harness.data, env);
    const isYoung = kill % YOUNG_EVERY === 0;
    if (!isYoung) await core.started;
    if (!isYoung && pursuit !== undefined) {
      if (kill % LATE_EVERY === 0) await untilLive(pursuit, printed);
      else await untilGrown(path.join(harness.data, "logs", id));
    }
    await sleep((kill * 131) % LONGEST_LIFE_MS);
    await core.kill();
    if (kill % Math.ceil(kills / LOOKS) !== 0) continue;
    await using logs = openLogs(path.join(harness.data, "logs"));
    sizes.push(await checkPrefix(logs.raw(id, { isFollowing: false, signal }), `after kill ${kill}`));
  }
  await harness.core.start();
  if (pursuit !== undefined) await untilLive(pursuit, printed);
  await writeFile(gate, "");
  const ended = await harness.until(id, ({ state }) => isFinal(state));

  const { logs } = harness.core.faces;
  const count = await checkPrefix(logs.raw(id, { isFollowing: false, signal }), "in the end");
  expect(ended.state).toBe("succeeded");
  expect(count).toBe(Number(await readFile(printed, "utf8")) * BLOCK_BYTES);
  expect((await logs.stats(id)).gapCount).toBe(0);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(sizes.at(-1), "something was stored between the kills").toBeGreaterThan(BLOCK_BYTES);
}
