import { copyFile, readFile, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { agentNameSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { isFinal, startRunSchema } from "#contract/run.ts";
import { createCore } from "#main/compose.ts";
import { coreConfigOf, endRuns, untilFits, writeAgent } from "#tests/helpers/core-harness.ts";
import { BLOCK_BYTES } from "./core-flood.ts";
import { checkPrefix } from "./core-flood-kills.ts";
import { createFolder, isRoot, mountSmallDisk, NO_ROOT } from "./store-fixture.ts";

const FLOOD = path.join(import.meta.dirname, "core-flood.ts");
const signal = new AbortController().signal;
const BALLAST_BYTES = 256 * 1024;
const isRefusal = (trouble: string) => /no longer followed.*No space is left/.test(trouble);

test("a disk that gets full under a flood holds it up, and not a byte is lost once there is space", {
  timeout: 180_000,
}, async ({ skip }) => {
  skip(!isRoot, NO_ROOT);
  await using outside = await createFolder();
  await using disk = await mountSmallDisk(32_768);
  const [gate, printed] = [path.join(outside.folder, "gate"), path.join(outside.folder, "printed")];
  const command = JSON.stringify([process.execPath, "core-flood.ts"]);
  const folder = await writeAgent(path.join(outside.folder, "flood"), {
    name: "flood",
    manifest:
      `class: computational\nruntimes: { process: { command: ${command} } }\n` +
      `env: { GATE: ${JSON.stringify(gate)}, PRINTED: ${JSON.stringify(printed)} }\n`,
    files: {},
  });
  await copyFile(FLOOD, path.join(folder, "core-flood.ts"));
  const ballasts = Array.from({ length: 20 }, (_, index) => path.join(disk.folder, `ballast-${index}`));
  for (const ballast of ballasts) await writeFile(ballast, Buffer.alloc(BALLAST_BYTES));
  const troubles: string[] = [];
  const log = { write: (entry: unknown) => troubles.push(JSON.stringify(entry)) };
  const core = createCore(coreConfigOf(path.join(disk.folder, "data")), { log });
  await core.start();
  try {
    const { agents, logs, runs } = core.faces;
    await agents.add(folder);
    const wish = startRunSchema.parse({ agent: agentNameSchema.parse("flood"), target: THIS_COMPUTER });
    const { id } = await runs.start(wish, "cli");
    const stored = () => checkPrefix(logs.raw(id, { isFollowing: false, signal }), "so far");

    for (const ballast of ballasts) {
      await expect.poll(async () => (await statfs(disk.folder)).bavail, { timeout: 60_000 }).toBe(0);
      // Whoever takes the output down may fill the disk while the log has all of it already.
      if (troubles.some(isRefusal)) break;
      await rm(ballast);
    }
    expect(troubles.filter(isRefusal)).not.toEqual([]);
    const full = await stored();
    expect(full).toBeGreaterThan(BLOCK_BYTES);
    expect(isFinal(runs.resolve(id).state)).toBe(false);
    await writeFile(gate, "");
    await disk.grow(1_048_576);
    const ended = await untilFits(core, id, ({ state }) => isFinal(state));

    expect(ended.state).toBe("succeeded");
    expect(await stored()).toBe(Number(await readFile(printed, "utf8")) * BLOCK_BYTES);
    expect(await logs.stats(id)).toMatchObject({ gapCount: 0, isEnd: true });
  } finally {
    await disk.grow(1_048_576);
    await endRuns(core);
    await core.close();
  }
});
