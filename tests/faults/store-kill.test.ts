import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openLogs } from "#tests/helpers/log-store.ts";
import { chunkOf, createFolder, idOf, openStoreIn } from "./store-fixture.ts";

const CHILD = fileURLToPath(new URL("./store-writer-child.ts", import.meta.url));
const LANES = 4;
const KILLS_PER_LANE = 25;

/** Lets a writer work until it said `acknowledgements` numbers, kills it, and says what it had promised. */
async function killOne(folder: string, acknowledgements: number) {
  const child = spawn(process.execPath, [CHILD, folder, "100000"], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const said = { begun: -1, stored: -1, refused: [] as string[] };
  let left = acknowledgements;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", rest = ""] = line.split(" ");
    if (word === "begun") said.begun = Number(rest);
    else if (word === "stored") said.stored = Number(rest);
    else said.refused.push(rest);
    left -= 1;
    if (left === 0) child.kill("SIGKILL");
  }
  const [, signal] = await exited;
  expect(signal).toBe("SIGKILL");
  return said;
}

async function check(folder: string, promised: number): Promise<void> {
  await using store = await openStoreIn(folder);
  expect(store.recovery).toBeNull();
  const { total } = store.runs.list({ limit: 1 });
  expect(total).toBeGreaterThanOrEqual(promised);
  expect(store.runs.find(idOf(total))).not.toBeNull();

  await using logs = openLogs(path.join(folder, "logs"));
  const writer = await logs.openWriter(idOf(0));
  const last = Number(writer.cursor ?? 0);
  expect(last).toBeGreaterThanOrEqual(promised);
  const signal = new AbortController().signal;
  const bytes = Buffer.concat(await Array.fromAsync(logs.raw(idOf(0), { isFollowing: false, signal })));
  const expected = Buffer.concat(Array.from({ length: last }, (_, index) => chunkOf(index + 1)));
  expect(bytes.equals(expected)).toBe(true);
}

test("a hundred killed writers lose nothing they had promised, and nothing is stored twice", async () => {
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    await using context = await createFolder();
    let promised = 0;
    for (let count = 0; count < KILLS_PER_LANE; count += 1) {
      const said = await killOne(context.folder, 1 + ((count * 7 + lane) % 30));
      expect(said.refused).toEqual([]);
      expect(said.begun).toBeGreaterThanOrEqual(promised);
      promised = Math.max(promised, said.stored);
    }
    await check(context.folder, promised);
    return promised;
  });

  for (const promised of await Promise.all(lanes)) expect(promised).toBeGreaterThan(KILLS_PER_LANE);
}, 240_000);
