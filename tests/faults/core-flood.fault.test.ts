import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isFinal } from "#contract/run.ts";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { openCore, writeAgent } from "#tests/helpers/core-harness.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { BLOCK_BYTES, floodBlock } from "./core-flood.ts";

/** `PILOTHOUSE_FLOOD_KILLS=100` for the whole proof, which takes minutes. */
const KILLS = Number(process.env["PILOTHOUSE_FLOOD_KILLS"] ?? 6);
const LOOK_EVERY = 3;
const LONGEST_LIFE_MS = 900;
const signal = new AbortController().signal;

/** Compares stored bytes with what the flood says, block by block; how many there are. */
async function checkPrefix(stored: AsyncIterable<Uint8Array>, what: string): Promise<number> {
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

test(`a core that is killed ${KILLS} times during a flood has stored an exact beginning, and goes on without loss`, {
  timeout: 60_000 + KILLS * 8_000,
}, async () => {
  await using harness = await openCore();
  const gate = path.join(harness.base, "gate");
  const printed = path.join(harness.base, "printed");
  const folder = await writeAgent(path.join(harness.base, "agents", "flood"), {
    name: "flood",
    manifest:
      `class: computational\nruntimes: { process: { command: [${JSON.stringify(process.execPath)}, core-flood.ts] } }\n` +
      `env: { GATE: ${JSON.stringify(gate)}, PRINTED: ${JSON.stringify(printed)} }\n`,
    files: {},
  });
  await mkdir(folder, { recursive: true });
  await copyFile(path.join(import.meta.dirname, "core-flood.ts"), path.join(folder, "core-flood.ts"));
  await harness.core.faces.agents.add(folder);
  const { id } = await harness.start("flood");
  await harness.until(id, ({ state }) => state === "running");
  await harness.core.close();
  const sizes: number[] = [];

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const core = CoreChild.spawn(harness.data);
    await core.started;
    await sleep((kill * 131) % LONGEST_LIFE_MS);
    await core.kill();
    if (kill % LOOK_EVERY !== 0) continue;
    await using logs = openLogs(path.join(harness.data, "logs"));
    sizes.push(await checkPrefix(logs.raw(id, { isFollowing: false, signal }), `after kill ${kill}`));
  }
  await harness.core.start();
  await writeFile(gate, "");
  const ended = await harness.until(id, ({ state }) => isFinal(state));

  const stored = harness.core.faces.logs.raw(id, { isFollowing: false, signal });
  const count = await checkPrefix(stored, "in the end");
  expect(ended.state).toBe("succeeded");
  expect(count).toBe(Number(await readFile(printed, "utf8")) * BLOCK_BYTES);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(sizes[0], "something was stored between the kills").toBeGreaterThan(BLOCK_BYTES);
});
