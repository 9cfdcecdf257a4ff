import { access, copyFile, cp, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { createFolder, idOf, newRun, openStoreIn } from "./store-fixture.ts";

const ROUNDS = 200;
const RUNS = 300;

/** Numbers that look random and are the same every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Changes bytes, blanks a stretch or cuts the file off. */
async function harm(file: string, random: (below: number) => number): Promise<string> {
  const { size } = await stat(file);
  const handle = await open(file, "r+");
  try {
    const kind = ["bytes", "stretch", "cut", "header"][random(4)];
    if (kind === "cut") await handle.truncate(random(size));
    if (kind === "stretch") await handle.write(Buffer.alloc(1 + random(8_192)), 0, null, random(size));
    const changed = kind === "header" || kind === "bytes" ? 1 + random(32) : 0;
    for (let count = 0; count < changed; count += 1) {
      await handle.write(Buffer.of(random(256)), 0, 1, random(kind === "header" ? 100 : size));
    }
    return String(kind);
  } finally {
    await handle.close();
  }
}

test("the program opens after any of two hundred damages, keeps the damaged file and can be worked with", async () => {
  await using original = await createFolder();
  {
    await using store = await openStoreIn(original.folder);
    for (let number = 1; number <= RUNS; number += 1) store.runs.insert(newRun(number, 200));
    for (let number = 1; number <= RUNS; number += 2) {
      store.runs.change(idOf(number), {
        atMs: 1,
        state: "failed",
        reason: { code: "exited", details: { exitCode: 1 } },
      });
    }
    await store.takeSnapshot();
  }
  await using context = await createFolder();
  const counts = { sound: 0, repaired: 0, refused: 0 };

  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = path.join(context.folder, String(round));
    await cp(original.folder, folder, { recursive: true });
    const database = path.join(folder, "pilothouse.db");
    const kind = await harm(database, createRandom(round + 1));
    const damaged = await readFile(database);
    const what = `round ${round}, ${kind}`;
    try {
      await using store = await openStoreIn(folder);
      expect(store.runs.live().length, what).toBe(RUNS / 2);
      expect(store.runs.list({ limit: 1_000 }).total, what).toBe(RUNS);
      for (const { id } of store.runs.list({ limit: 1_000 }).runs) store.runs.timeline(id);
      store.runs.insert(newRun(RUNS + 1));
      if (store.recovery === null) {
        counts.sound += 1;
      } else {
        counts.repaired += 1;
        await access(String(store.recovery.keptAs));
        expect((await readFile(String(store.recovery.keptAs))).equals(damaged), what).toBe(true);
      }
    } catch (error) {
      // A version number that was hit can look like that of a newer program; then nothing is touched.
      if (!(error instanceof AppError && error.code === "data.newer"))
        throw new Error(what, { cause: error });
      expect((await readFile(database)).equals(damaged), what).toBe(true);
      counts.refused += 1;
    }
    await rm(folder, { recursive: true });
  }

  expect(counts.repaired).toBeGreaterThan(ROUNDS / 2);
  expect(counts.refused).toBeLessThan(ROUNDS / 20);
  expect(counts.sound + counts.repaired + counts.refused).toBe(ROUNDS);
}, 180_000);

test("a journal that is damaged or of another file costs at most what only it held", async () => {
  await using original = await createFolder();
  await using writer = await openStoreIn(original.folder);
  for (let number = 1; number <= 50; number += 1) writer.runs.insert(newRun(number));
  const database = path.join(original.folder, "pilothouse.db");
  await using context = await createFolder();

  for (let round = 0; round < 20; round += 1) {
    const folder = path.join(context.folder, String(round));
    await mkdir(folder);
    for (const end of ["", "-wal"]) await copyFile(database + end, path.join(folder, `pilothouse.db${end}`));
    await harm(path.join(folder, "pilothouse.db-wal"), createRandom(1_000 + round));
    await using store = await openStoreIn(folder);
    const { total } = store.runs.list({ limit: 1 });
    expect(total, `round ${round}`).toBeLessThanOrEqual(50);
    store.runs.insert(newRun(51));
  }
});
