import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openLogs } from "#tests/helpers/log-store.ts";
import { floodChunk } from "./logs-flood.ts";
import { createFolder, idOf, openStoreIn } from "./store-fixture.ts";

const CHILD = fileURLToPath(new URL("./logs-flood-child.ts", import.meta.url));
const LANES = 4;
const KILLS_PER_LANE = 25;
const signal = new AbortController().signal;

/** Lets a flood go on until it said `count` things, kills it, and says what it had promised. */
async function killOne(folder: string, count: number) {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const said = { begun: -1, stored: 0 };
  let left = count;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", number = ""] = line.split(" ");
    if (word === "begun") said.begun = Number(number);
    else said.stored = Number(number);
    left -= 1;
    if (left === 0) child.kill("SIGKILL");
  }
  const [, killedBy] = await exited;
  expect(killedBy, "the flood was killed").toBe("SIGKILL");
  return said;
}

/** The log is, byte for byte, what the source printed up to the cursor. */
async function check(folder: string, promised: number): Promise<{ segments: number; sealed: number }> {
  await using store = await openStoreIn(folder);
  await using logs = openLogs(path.join(folder, "logs"), { records: store.logs, segmentBytes: 300_000 });
  const writer = await logs.openWriter(idOf(0));
  const last = Number(writer.cursor ?? 0);
  expect(last).toBeGreaterThanOrEqual(promised);
  const expected = createHash("sha256");
  for (let number = 1; number <= last; number += 1) expected.update(floodChunk(number));
  const found = createHash("sha256");
  for await (const bytes of logs.raw(idOf(0), { isFollowing: false, signal })) found.update(bytes);
  expect(found.digest("hex")).toBe(expected.digest("hex"));
  const names = await readdir(path.join(folder, "logs", idOf(0)));
  return { segments: names.length, sealed: names.filter((name) => name.endsWith(".pseg")).length };
}

test("a hundred kills during a flood leave an exact beginning of it, from which it goes on", async () => {
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    await using context = await createFolder();
    let promised = 0;
    for (let kill = 0; kill < KILLS_PER_LANE; kill += 1) {
      const said = await killOne(context.folder, 1 + ((kill * 7 + lane * 3) % 23));
      expect(said.begun).toBeGreaterThanOrEqual(promised);
      promised = Math.max(promised, said.stored);
    }
    return await check(context.folder, promised);
  });

  for (const { segments, sealed } of await Promise.all(lanes)) {
    expect(segments).toBeGreaterThan(3);
    expect(sealed, "segments were sealed between the kills").toBeGreaterThan(1);
  }
}, 480_000);
