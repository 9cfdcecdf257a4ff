import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { findLinesSchema, isGapGoingOn, type LogLine, type OutputGap, readLogSchema } from "#contract/log.ts";
import { gapText } from "#core/output-gap.ts";
import type { LogStoreDeps } from "#main/logs/index.ts";
import { MemoryLogRecords, openLogs } from "#tests/helpers/log-store.ts";
import { idOf, isRoot, mountSmallDisk, NO_ROOT } from "./store-fixture.ts";

const RUN = idOf(1);
const signal = new AbortController().signal;
const LINES = 12_000;
const lineOf = (number: number) => `line ${number} ${"x".repeat(80 + (number % 40))}`;
const LOOK_MS = 20;

async function untilSealed(folder: string): Promise<void> {
  while ((await readdir(path.join(folder, RUN))).some((name) => !name.endsWith(".pseg")))
    await sleep(LOOK_MS);
}

async function writeLog(folder: string, change: Partial<LogStoreDeps> = {}): Promise<void> {
  await using store = openLogs(folder, { segmentBytes: 600_000, ...change });
  const writer = await store.openWriter(RUN);
  for (let number = 1; number <= LINES; number += 50) {
    const text = Array.from({ length: 50 }, (_, index) => `${lineOf(number + index)}\n`).join("");
    await writer.append({ stream: "stdout", bytes: Buffer.from(text), atMs: number, cursor: `c${number}` });
  }
  await writer.seal();
  await untilSealed(folder);
}

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-sealed-"));
  const records = new MemoryLogRecords();
  await writeLog(folder, { records });
  return {
    folder,
    records,
    file: (segment: number) => path.join(folder, RUN, `log.${segment}.pseg`),
    blocks: (segment: number) => records.segments(RUN)[segment]?.blocks ?? [],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** All lines as pages show them, and what a search finds. */
async function look(folder: string, records: MemoryLogRecords) {
  await using store = openLogs(folder, { records });
  const texts: string[] = [];
  const marks: LogLine[] = [];
  for (let from = 1; from <= LINES; from += 5_000) {
    const page = await store.page(readLogSchema.parse({ runId: RUN, from, limit: 5_000 }));
    texts.push(...page.lines.map(({ text }) => text));
    marks.push(...page.lines.filter((line) => line.gap !== undefined && !isGapGoingOn(line)));
  }
  const wish = findLinesSchema.parse({ runIds: [RUN], text: "line ", isCaseSensitive: true, limit: 100_000 });
  const news = await Array.fromAsync(store.find(wish, signal));
  const found = news.flatMap(({ hits }) => hits.map(({ number }) => number));
  const damage = findLinesSchema.parse({ runIds: [RUN], text: "log is damaged", limit: 100_000 });
  const marked = (await Array.fromAsync(store.find(damage, signal))).flatMap(({ hits }) => hits);
  const { gapCount } = await store.stats(RUN);
  return { texts, marks, found, marked, gapCount };
}

test("a changed bit in any block is shown as damage there, and every other line stays readable and found", async () => {
  await using context = await setup();
  const whole = await readFile(context.file(1));
  const blocks = context.blocks(1);
  expect(blocks.length).toBeGreaterThan(1);

  for (const { offset, storedBytes, linesBefore, lineCount, payloadBytes } of blocks) {
    for (const at of [offset + 3, offset + 30, offset + 72, offset + 72 + storedBytes - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      await writeFile(context.file(1), damaged);

      const { texts, marks, found, marked, gapCount } = await look(context.folder, context.records);

      const isLost = (number: number) => number > linesBefore && number <= linesBefore + lineCount;
      expect(texts).toHaveLength(LINES);
      const wrong = texts.filter((text, index) => (text === lineOf(index + 1)) === isLost(index + 1));
      expect(wrong, `byte ${at}`).toEqual([]);
      const lines = { from: linesBefore + 1, to: linesBefore + lineCount };
      // One mark for all of them, and one hit; it is counted as soon as it was met.
      const gap: OutputGap = { sizeBytes: payloadBytes, cause: "log-damaged", lines };
      expect(marks).toMatchObject([{ number: lines.from, text: gapText(gap), gap }]);
      expect(marked.map(({ number }) => number)).toEqual([lines.from]);
      expect(gapCount).toBe(1);
      expect(found.filter(isLost)).toEqual([]);
      expect(found.length).toBe(LINES - lineCount);
    }
  }
});

test("an index that was lost, or is about other files, is made again from the segments", async () => {
  await using context = await setup();
  const before = context.records.segments(RUN);
  const stale = new MemoryLogRecords();
  for (const segment of before) stale.putSegment(RUN, { ...segment, fileBytes: 1, blocks: [] });

  for (const records of [new MemoryLogRecords(), stale]) {
    const { texts, found } = await look(context.folder, records);

    expect(texts.every((text, index) => text === lineOf(index + 1))).toBe(true);
    expect(found).toHaveLength(LINES);
    expect(records.segments(RUN)).toEqual(before);
  }
});

test("a damaged head of a block leaves a gap of its lines when the index is lost as well", async () => {
  await using context = await setup();
  const [, second] = context.blocks(1);
  const bytes = await readFile(context.file(1));
  bytes[(second?.offset ?? 0) + 20] = 0xee;
  await writeFile(context.file(1), bytes);

  const { texts } = await look(context.folder, new MemoryLogRecords());

  const first = second?.linesBefore ?? 0;
  const end = first + (second?.lineCount ?? 0);
  expect(texts).toHaveLength(LINES);
  expect(texts.every((text, index) => (index >= first && index < end) !== (text === lineOf(index + 1)))).toBe(
    true,
  );
});

test("a segment that was cut short loses only the blocks behind the cut", async () => {
  await using context = await setup();
  const [, second] = context.blocks(0);
  await truncate(context.file(0), (second?.offset ?? 0) + 100);

  const { texts } = await look(context.folder, context.records);

  const kept = texts.filter((text, index) => text === lineOf(index + 1)).length;
  const inFirst = context.blocks(0)[0]?.lineCount ?? 0;
  const inOthers = LINES - (context.blocks(1)[0]?.linesBefore ?? 0);
  expect(kept).toBe(inFirst + inOthers);
});

test("a log of the simple store is read as it is and sealed on the way", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-old-"));
  // One plain file of any size, without segments: what the first version wrote.
  {
    await using store = openLogs(folder, { segmentBytes: 1e12, sealFromBytes: 1e12 });
    const writer = await store.openWriter(RUN);
    for (let number = 1; number <= LINES; number += 1) {
      const bytes = Buffer.from(`${lineOf(number)}\n`);
      await writer.append({ stream: "stdout", bytes, atMs: number, cursor: `c${number}` });
    }
    await writer.seal();
  }
  expect(await readdir(path.join(folder, RUN))).toEqual(["log.plog"]);
  const records = new MemoryLogRecords();
  await using store = openLogs(folder, { records });

  const page = await store.page(readLogSchema.parse({ runId: RUN, from: LINES }));
  await untilSealed(folder);
  const { texts } = await look(folder, records);

  expect(page.lines.map(({ text }) => text)).toEqual([lineOf(LINES)]);
  expect(texts.every((text, index) => text === lineOf(index + 1))).toBe(true);
  await rm(folder, { recursive: true });
});

test("a disk that is full when a segment is to be sealed keeps it plain, whole and readable", async ({
  skip,
}) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(4_096);
  const logs = path.join(disk.folder, "logs");
  const failures: unknown[] = [];
  const onSealingFailed = (error: unknown) => failures.push(error);
  const bytes = Buffer.from(
    Array.from({ length: 2_900 }, (_, index) => `${Math.sin(index)}${Math.cos(index)}\n`).join(""),
  );
  const printed = Buffer.concat(Array.from({ length: 30 }, () => bytes));
  {
    await using store = openLogs(logs, { onSealingFailed, segmentBytes: 100_000_000 });
    const writer = await store.openWriter(RUN);
    await writer.append({ stream: "stdout", bytes: printed, atMs: 1, cursor: "c1" });
    await expect(writeFile(path.join(disk.folder, "ballast"), Buffer.alloc(4_000_000))).rejects.toThrow(
      "ENOSPC",
    );
    await writer.seal();
    while (failures.length === 0) await sleep(LOOK_MS);

    const raw = Buffer.concat(await Array.fromAsync(store.raw(RUN, { isFollowing: false, signal })));
    expect(raw.equals(printed)).toBe(true);
    expect(failures).toEqual([expect.objectContaining({ code: "data.full" })]);
    expect(await readdir(path.join(logs, RUN))).toEqual(["log.plog"]);
  }

  await disk.grow(16_384);
  await using again = openLogs(logs);
  await again.page(readLogSchema.parse({ runId: RUN, limit: 1 }));
  await untilSealed(logs);
  const raw = Buffer.concat(await Array.fromAsync(again.raw(RUN, { isFollowing: false, signal })));

  expect(raw.equals(printed)).toBe(true);
});
