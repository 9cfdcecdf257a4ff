import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { followLogSchema } from "#contract/log.ts";
import type { LogWriter } from "#main/logs/index.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { idOf, isRoot, mountSmallDisk, NO_ROOT } from "./store-fixture.ts";

const RUN = idOf(1);
const signal = new AbortController().signal;

async function bytesIn(folder: string): Promise<Buffer> {
  await using store = openLogs(folder);
  return Buffer.concat(await Array.fromAsync(store.raw(RUN, { isFollowing: false, signal })));
}

/** Appends numbered chunks until one is refused; says how many were taken and why it ended. */
async function fill(writer: LogWriter, { from, to }: { from: number; to: number }) {
  for (let number = from; number < to; number += 1) {
    try {
      await writer.append({ stream: "stdout", bytes: chunkOf(number), atMs: number, cursor: `c${number}` });
    } catch (error) {
      return { taken: number, error };
    }
  }
  return { taken: to, error: null };
}

function chunkOf(number: number): Buffer {
  return Buffer.from(`chunk ${number} ${"x".repeat(5_000)}\n`);
}

function chunks(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, number) => chunkOf(number)));
}

test("a log on a full disk keeps its whole chunks, says so, and goes on with none lost when there is space", async ({
  skip,
}) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(1_024);
  const logs = path.join(disk.folder, "logs");
  await using store = openLogs(logs);
  const writer = await store.openWriter(RUN);
  const followed: string[] = [];
  const following = (async () => {
    for await (const batch of store.follow(followLogSchema.parse({ runId: RUN }), signal)) {
      followed.push(...batch.lines.map(({ text }) => text));
    }
  })();

  const { taken, error } = await fill(writer, { from: 0, to: 10_000 });
  expect(error).toEqual(expect.objectContaining({ code: "data.full" }));
  expect(writer.cursor).toBe(`c${taken - 1}`);
  expect((await bytesIn(logs)).equals(chunks(taken))).toBe(true);
  expect(await fill(writer, { from: taken, to: taken + 1 })).toMatchObject({ error: { code: "data.full" } });

  await disk.grow(8_192);
  const total = taken + 200;
  expect(await fill(writer, { from: taken, to: total })).toEqual({ taken: total, error: null });
  await writer.seal();
  await following;

  expect((await bytesIn(logs)).equals(chunks(total))).toBe(true);
  expect(followed).toHaveLength(total);
});

test("chunks that wait behind a refused one are refused with it, so that none overtakes it", async ({
  skip,
}) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(512);
  const logs = path.join(disk.folder, "logs");
  await using store = openLogs(logs);
  const writer = await store.openWriter(RUN);

  const results = await Promise.allSettled(
    Array.from({ length: 300 }, (_, number) =>
      writer.append({ stream: "stdout", bytes: chunkOf(number), atMs: number, cursor: `c${number}` }),
    ),
  );
  const taken = results.filter(({ status }) => status === "fulfilled").length;

  expect(results.slice(0, taken).every(({ status }) => status === "fulfilled")).toBe(true);
  expect(taken).toBeLessThan(300);
  expect((await bytesIn(logs)).equals(chunks(taken))).toBe(true);
});

test("a log cannot begin on a full or a read-only disk, and can once the disk takes it", async ({ skip }) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(64);
  const ballast = path.join(disk.folder, "ballast");
  await expect(writeFile(ballast, Buffer.alloc(128 * 1024))).rejects.toThrow("ENOSPC");
  await using store = openLogs(path.join(disk.folder, "logs"));

  await expect(store.openWriter(RUN)).rejects.toEqual(expect.objectContaining({ code: "data.full" }));
  await rm(ballast);
  await disk.makeReadOnly();
  await expect(store.openWriter(RUN)).rejects.toEqual(expect.objectContaining({ code: "data.read_only" }));
  await disk.makeWritable();
  const writer = await store.openWriter(RUN);
  await writer.append({ stream: "stdout", bytes: Buffer.from("x"), atMs: 1, cursor: "c" });
  await writer.seal();
});
