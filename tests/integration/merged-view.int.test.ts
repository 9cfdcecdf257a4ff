import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { LogWriter } from "#main/logs/index.ts";
import type { HitNews } from "#renderer/log-view/hit-index.ts";
import type { FilterChip } from "#renderer/log-view/log-filter.ts";
import type { LogPlace } from "#renderer/log-view/log-place.ts";
import type { ViewBatch, ViewLine } from "#renderer/log-view/log-source.ts";
import { createMergedPlace, type MergedPlaceDeps } from "#renderer/log-view/merged-place.ts";
import { RowFolds } from "#renderer/log-view/row-folds.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { createStoreSource } from "#tests/helpers/store-source.ts";

const RUNS = ["01jd0000000000aa", "01jd0000000000bb", "01jd0000000000cc"].map((id) => runIdSchema.parse(id));
const [A, B, C] = RUNS as [RunId, RunId, RunId];
const LETTERS = new Map(RUNS.map((runId, index) => [runId, "abc"[index]]));
/** Enough for several blocks of the store, and for more hits than are merged one by one. */
const LINES = 2_400;
const SINCE_SEVEN: FilterChip[] = [
  { kind: "text", text: "7", isRegex: false, isCaseSensitive: false, isNot: false },
];

interface Written {
  readonly runId: RunId;
  readonly number: number;
  readonly atMs: number;
  readonly text: string;
}

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-merged-"));
  const store = openLogs(path.join(folder, "logs"), { segmentBytes: 60_000, sealFromBytes: 0 });
  const written: Written[] = [];
  const writers = new Map<RunId, LogWriter>();
  const counts = new Map<RunId, number>();
  return {
    source: createStoreSource(store),
    written,
    folderOf: (runId: RunId) => path.join(folder, "logs", runId),
    /** Writes lines of a run, each at the time that `timeOf` gives for its number. */
    async write(runId: RunId, count: number, timeOf: (number: number) => number) {
      const writer = writers.get(runId) ?? (await store.openWriter(runId));
      writers.set(runId, writer);
      const before = counts.get(runId) ?? 0;
      counts.set(runId, before + count);
      for (let number = before + 1; number <= before + count; number += 1) {
        const text = `${LETTERS.get(runId)} ${number}`;
        const atMs = timeOf(number);
        written.push({ runId, number, atMs, text });
        const bytes = Buffer.from(`${text}\n`);
        await writer.append({ stream: "stdout", bytes, atMs, cursor: String(number) });
      }
    },
    async seal() {
      for (const writer of writers.values()) await writer.seal();
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

type Setup = Awaited<ReturnType<typeof setup>>;

/** Steady, in bursts of one moment, and with a long pause in the middle. */
async function writeAll({ write, seal }: Setup): Promise<void> {
  await write(A, LINES, (number) => 1_000_000 + number * 20);
  await write(B, LINES, (number) => 1_000_000 + Math.floor(number / 400) * 10_000);
  await write(C, LINES, (number) => (number < LINES / 2 ? 1_000_000 + number : 90_000_000 + number));
  await seal();
}

/** What the view is to show: by time, and of one moment in the order of the runs. */
function merged(written: readonly Written[], isFitting: (text: string) => boolean = () => true): Written[] {
  return written.filter(({ text }) => isFitting(text)).toSorted((a, b) => a.atMs - b.atMs);
}

interface Watched {
  readonly place: LogPlace;
  readonly batches: ViewBatch[];
  readonly stop: () => void;
  readonly rowCount: () => number;
}

function watch(source: Setup["source"], change: Partial<MergedPlaceDeps>, chips: FilterChip[] = []): Watched {
  const place = createMergedPlace({ source, standIn: A, runs: RUNS, ...change }, chips);
  const batches: ViewBatch[] = [];
  const stop = place.feed.follow(
    { runId: A, afterLine: 0 },
    {
      onBatch: (batch) => batches.push(batch),
      onLost: () => undefined,
      onFailed: (error) => expect(error).toBe(null),
    },
  );
  return { place, batches, stop, rowCount: () => batches.at(-1)?.lineCount ?? 0 };
}

const facts = (lines: readonly ViewLine[]) =>
  lines.map(({ number, origin, text }) => [number, origin?.runId, origin?.number, text]);
const factsOf = (rows: readonly Written[], first: number) =>
  rows.map(({ runId, number, text }, index) => [first + index, runId, number, text]);

async function found({ place, rowCount }: Watched, wish: { text: string; isRegex: boolean }) {
  const news: HitNews[] = [];
  const hits = place.createHits(rowCount, { ...wish, isCaseSensitive: true }, (each) => news.push(each));
  hits.search();
  await expect.poll(() => news.at(-1)?.isSearching).toBe(false);
  return { hits, news };
}

async function textAt({ place }: Watched, row: number | null): Promise<string | undefined> {
  const { lines } = await place.feed.page({ runId: A, from: row ?? 0, limit: 1 });
  return lines[0]?.text;
}

test("a pattern is found in all runs, however often, and each hit is where the view shows it", async () => {
  await using logs = await setup();
  await writeAll(logs);
  const view = watch(logs.source, {});
  await expect.poll(view.rowCount).toBe(3 * LINES);
  const all = merged(logs.written);
  const rows = all.flatMap(({ text }, index) => (/[37]$/.test(text) ? [index + 1] : []));

  const { hits, news } = await found(view, { text: "[37]$", isRegex: true });

  expect(news.at(-1)).toMatchObject({ count: rows.length, error: null });
  expect(hits.count).toBe(rows.length);
  for (const hit of [0, 1, 250, 700, 701, 1_000, rows.length - 2, rows.length - 1]) {
    expect(await hits.rowOf(hit), `hit ${hit}`).toBe(rows[hit]);
    expect(await hits.hitFrom(rows[hit] ?? 0), `from hit ${hit}`).toBe(hit);
  }
  expect(await hits.rowOf(rows.length)).toBeNull();
  view.stop();
});

test("the marks of all hits stand where their rows are", async () => {
  await using logs = await setup();
  await writeAll(logs);
  const view = watch(logs.source, {});
  await expect.poll(view.rowCount).toBe(3 * LINES);
  const all = merged(logs.written);
  const shares = all.flatMap(({ text }, index) => (text.endsWith("000") ? [index / all.length] : []));

  const { hits } = await found(view, { text: "000", isRegex: false });

  await expect.poll(() => hits.marks().length).toBe(shares.length);
  const marks = hits.marks().toSorted((a, b) => a.from - b.from);
  for (const [index, share] of shares.entries()) expect(marks[index]?.from).toBeCloseTo(share, 1);
  view.stop();
});

test("lines that fit are rows like any others: counted, read anywhere, searched and found by time", async () => {
  await using logs = await setup();
  await writeAll(logs);
  const view = watch(logs.source, {}, SINCE_SEVEN);
  const fitting = merged(logs.written, (text) => text.includes("7"));
  await expect.poll(view.rowCount).toBe(fitting.length);

  for (const from of [1, 200, 1_000, fitting.length - 20]) {
    const { lines } = await view.place.feed.page({ runId: A, from, limit: 100 });
    expect(facts(lines), `from ${from}`).toEqual(factsOf(fitting.slice(from - 1, from + 99), from));
  }
  for (const atMs of [0, 1_050_000, 1_060_000, 89_000_000, 99_000_000]) {
    const index = fitting.findIndex((line) => line.atMs >= atMs);
    expect(await view.place.rowAtTime(atMs), `at ${atMs}`).toBe(index === -1 ? fitting.length : index + 1);
  }
  const rows = fitting.flatMap(({ text }, index) => (text.endsWith("77") ? [index + 1] : []));
  const { hits } = await found(view, { text: "77$", isRegex: true });
  expect(hits.count).toBe(rows.length);
  for (const hit of [0, 40, rows.length - 1]) expect(await hits.rowOf(hit)).toBe(rows[hit]);
  view.stop();
});

test("what comes while it is watched has its rows too, none twice, also what a flood leaves out", async () => {
  await using logs = await setup();
  for (const runId of [A, B]) await logs.write(runId, 300, (number) => 1_000 + number);
  const view = watch(logs.source, { runs: [A, B], liveRows: 500 });
  await expect.poll(view.rowCount).toBe(600);

  await logs.write(A, 2_000, (number) => 5_000 + number);
  await logs.write(B, 1_000, (number) => 9_000 + number);
  await expect.poll(view.rowCount).toBe(3_600);
  view.stop();
  const again = view.place.feed.follow(
    { runId: A, afterLine: 0 },
    { onBatch: (batch) => view.batches.push(batch), onLost: () => undefined, onFailed: () => undefined },
  );
  await logs.write(A, 100, (number) => 20_000 + number);
  await expect.poll(view.rowCount).toBe(3_700);

  const { lines } = await view.place.feed.page({ runId: A, from: 1, limit: 4_000 });
  expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 3_700 }, (_, index) => index + 1));
  expect(lines.map(({ text }) => text).toSorted()).toEqual(logs.written.map(({ text }) => text).toSorted());
  const { hits } = await found(view, { text: "0$", isRegex: true });
  expect(hits.count).toBe(370);
  const rows = await Promise.all([0, 59, 60, 200, 368, 369].map((hit) => hits.rowOf(hit)));
  expect(rows).toEqual(rows.toSorted((a, b) => Number(a) - Number(b)));
  for (const row of rows) expect(await textAt(view, row)).toMatch(/0$/);
  expect(await textAt(view, rows.at(-1) ?? null)).toBe("a 2400");
  expect(await textAt(view, await view.place.rowAtTime(22_301))).toBe("a 2301");
  again();
});

test("every live run is there from its first line, whenever it began, and runs that are not wanted are not", async () => {
  await using logs = await setup();
  await logs.write(A, 500, (number) => 1_000 + number);
  await logs.write(B, 500, (number) => 1_000 + number);
  const view = watch(logs.source, {
    runs: async () => ({ wanted: [A], others: [B] }),
    isWanted: (runId) => runId !== B,
  });
  await expect.poll(view.rowCount).toBe(500);
  await logs.write(B, 10, (number) => 2_000 + number);
  await logs.write(C, 700, (number) => 3_000 + number);
  await logs.write(A, 5, (number) => 4_000 + number);
  await expect.poll(view.rowCount).toBe(1_205);

  const { lines } = await view.place.feed.page({ runId: A, from: 1, limit: 2_000 });
  expect(new Set(lines.map(({ origin }) => origin?.runId))).toEqual(new Set([A, C]));
  const { hits } = await found(view, { text: "c 1$", isRegex: true });
  expect(await textAt(view, await hits.rowOf(0))).toBe("c 1");
  expect(await found(view, { text: "b ", isRegex: false }).then(({ hits: none }) => none.count)).toBe(0);
  view.stop();
});

test("lines that fit and come later are put behind those that were there", async () => {
  await using logs = await setup();
  await logs.write(A, 100, (number) => 1_000 + number);
  const view = watch(logs.source, { runs: [A, B] }, SINCE_SEVEN);
  await expect.poll(view.rowCount).toBe(19);
  await logs.write(B, 20, (number) => 2_000 + number);
  await expect.poll(view.rowCount).toBe(21);

  const { lines } = await view.place.feed.page({ runId: A, from: 19, limit: 5 });
  expect(lines.map(({ text }) => text)).toEqual(["a 97", "b 7", "b 17"]);
  view.stop();
});

test("lines that fit and come are never forgotten, however many: old ones are read from the store", async () => {
  await using logs = await setup();
  await logs.write(A, 100, (number) => 1_000 + number);
  const view = watch(logs.source, { runs: [A, B], liveRows: 100 }, SINCE_SEVEN);
  await expect.poll(view.rowCount).toBe(19);
  let atMs = 10_000;
  // Every burst is more than is remembered line by line, and all of them more than is remembered at all.
  for (const runId of [A, B, A, B]) {
    const until = fittingOf(logs.written).length;
    await logs.write(runId, 1_500, () => (atMs += 1));
    await expect.poll(view.rowCount).toBeGreaterThan(until + 300);
  }
  const all = fittingOf(logs.written);
  expect(all.length).toBeGreaterThan(1_000);
  await expect.poll(view.rowCount).toBe(all.length);

  await expect
    .poll(async () => {
      const { lines } = await view.place.feed.page({ runId: A, from: 1, limit: all.length });
      return facts(lines);
    })
    .toEqual(factsOf(all, 1));
  const { hits } = await found(view, { text: "77$", isRegex: true });
  const rows = all.flatMap(({ text }, index) => (text.endsWith("77") ? [index + 1] : []));
  expect(hits.count).toBe(rows.length);
  for (const hit of [0, 1, rows.length - 1]) expect(await hits.rowOf(hit)).toBe(rows[hit]);
  view.stop();
});

test("a damaged block is one row among those of other runs, which all are there", async () => {
  await using logs = await setup();
  for (const runId of [A, B, C]) await logs.write(runId, 1_000, (number) => 1_000 + number);
  await logs.seal();
  const folder = logs.folderOf(B);
  await expect.poll(() => readdir(folder)).toEqual(["log.0.pseg"]);
  const file = path.join(folder, "log.0.pseg");
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const view = watch(logs.source, {});
  await expect.poll(view.rowCount).toBe(3_000);

  const { lines } = await view.place.feed.page({ runId: A, from: 1, limit: 3_000 });
  const folds = new RowFolds();
  folds.add(lines);

  expect(folds.found).toEqual([{ slot: expect.any(Number), hiddenCount: 999 }]);
  const shown = Array.from(
    { length: 3_000 - folds.hiddenIn(3_000) },
    (_, slot) => lines[folds.rowAt(slot) - 1],
  );
  const others = shown.filter((line) => line?.gap === undefined);
  expect(others.map((line) => line?.text)).toEqual(
    merged(logs.written)
      .filter(({ runId }) => runId !== B)
      .map(({ text }) => text),
  );
  expect(shown.filter((line) => line?.gap !== undefined)).toMatchObject([
    { origin: { runId: B, number: 1 }, gap: { lines: { from: 1, to: 1_000 } } },
  ]);
  view.stop();
});

function fittingOf(written: readonly Written[]): Written[] {
  return merged(written, (text) => text.includes("7"));
}
