import { expect, test } from "vitest";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { LogLine, MergedBatch, MergedLine } from "#contract/log.ts";
import { settled } from "#tests/helpers/lines-source.ts";
import type { FollowManyRequest, LogSource, StreamObserver, ViewBatch, ViewLine } from "./log-source.ts";
import { MergedFeed, type MergedFeedDeps } from "./merged-feed.ts";

const A = runIdSchema.parse("01jd0000000000aa");
const B = runIdSchema.parse("01jd0000000000bb");

const line = (number: number, atMs: number): LogLine => ({
  number,
  stream: "stdout",
  atMs,
  text: `at ${atMs}`,
  isCut: false,
});
/** Lines of A arrive at 1, 3, 5 …, those of B at 2, 4, 6 … */
const linesOf = (runId: RunId, from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    const number = from + index;
    return line(number, number * 2 - (runId === A ? 1 : 0));
  });

function setup(change: Partial<MergedFeedDeps> = {}, counts = { [A]: 3, [B]: 3 }) {
  const follows: { request: FollowManyRequest; observer: StreamObserver<MergedBatch>; isOpen: boolean }[] =
    [];
  const merged = (): MergedLine[] =>
    [A, B]
      .flatMap((runId) => linesOf(runId, 1, counts[runId] ?? 0).map((each) => ({ runId, line: each })))
      .sort((a, b) => a.line.atMs - b.line.atMs);
  const source: Pick<LogSource, "page" | "find" | "mergedPage" | "followMany"> = {
    async page({ runId, from = 1, limit }) {
      return { lines: linesOf(runId, from, from + limit - 1), lineCount: 0, sizeBytes: 0, isEnd: false };
    },
    find({ runIds, limit = 10 }, observer) {
      const hits = runIds
        .flatMap((runId) => linesOf(runId, 1, 3).map(({ number, atMs }) => ({ runId, number, atMs })))
        .filter(({ number }) => number === 2)
        .slice(0, limit);
      observer.onData({ hits, spans: [], count: hits.length, searchedBytes: 1, totalBytes: 1, isEnd: true });
      return () => undefined;
    },
    async mergedPage({ index = 0, limit = 500, direction = "after" }) {
      const all = merged();
      const at = Math.min(index, all.length);
      const lines =
        direction === "before" ? all.slice(Math.max(0, at - limit), at) : all.slice(at, at + limit);
      return { lines, start: {}, end: { ...counts }, lineCount: all.length, before: at, isEnd: false };
    },
    followMany(request, observer) {
      const follow = { request, observer, isOpen: true };
      follows.push(follow);
      return () => {
        follow.isOpen = false;
      };
    },
  };
  const feed = new MergedFeed({ source, runIds: [A, B], conditions: null, ...change });
  const batches: ViewBatch[] = [];
  const open = () =>
    feed.follow(
      { afterLine: 0 },
      {
        onBatch: (batch) => batches.push(batch),
        onLost: () => undefined,
        onFailed: () => expect.unreachable(),
      },
    );
  const come = (...lines: MergedLine[]) =>
    follows.at(-1)?.observer.onData({ lines, partials: [], ended: [], isEnd: false });
  return { feed, batches, open, come, follows };
}

const facts = (lines: readonly ViewLine[]) =>
  lines.map(({ number, origin, text }) => [number, origin?.runId, text]);

test("what was there is rows by time, and what comes is put behind them", async () => {
  const { feed, batches, open, come, follows } = setup();
  open();
  await settled();
  come({ runId: B, line: line(4, 8) }, { runId: A, line: line(4, 7) });

  expect(batches.map(({ lineCount }) => lineCount)).toEqual([6, 8]);
  expect(follows[0]?.request.place).toEqual({ [A]: 3, [B]: 3 });
  expect(facts(batches.flatMap(({ lines }) => lines))).toEqual([
    [1, A, "at 1"],
    [2, B, "at 2"],
    [3, A, "at 3"],
    [4, B, "at 4"],
    [5, A, "at 5"],
    [6, B, "at 6"],
    [7, B, "at 8"],
    [8, A, "at 7"],
  ]);
  const again = await feed.page({ runId: A, from: 3, limit: 2 });
  const late = await feed.page({ runId: A, from: 7, limit: 9 });
  expect(facts([...again.lines, ...late.lines])).toEqual([
    [3, A, "at 3"],
    [4, B, "at 4"],
    [7, B, "at 8"],
    [8, A, "at 7"],
  ]);
});

test("a stream that is opened again repeats nothing", async () => {
  const { batches, open, come, follows } = setup();
  const stop = open();
  await settled();
  come({ runId: A, line: line(4, 7) });
  stop();
  open();
  await settled();
  come({ runId: A, line: line(4, 7) }, { runId: A, line: line(5, 9) });

  expect(follows.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  expect(follows[1]?.request.place).toEqual({ [A]: 4, [B]: 3 });
  expect(batches.at(-1)?.lines.map(({ text }) => text)).toEqual(["at 9"]);
});

test("lines that fit and were there come first, by time, and lines that fit and come are asked for", async () => {
  const { feed, batches, open, come, follows } = setup({ conditions: { text: "x" } });
  open();
  await settled();
  come({ runId: B, line: line(9, 18) });

  expect(follows[0]?.request.conditions).toEqual({ text: "x" });
  expect(batches.at(-1)?.lineCount).toBe(3);
  const { lines } = await feed.page({ runId: A, from: 1, limit: 10 });
  expect(facts(lines)).toEqual([
    [1, A, "at 3"],
    [2, B, "at 4"],
    [3, B, "at 18"],
  ]);
});

test("every live run is followed from its last lines on, and unwanted ones are left out", async () => {
  const { batches, open, come, follows } = setup({ runIds: null, isWanted: (runId) => runId === B });
  open();
  await settled();
  come({ runId: A, line: line(7, 13) }, { runId: B, line: line(7, 14) });

  expect(follows[0]?.request).toMatchObject({ lastLines: 100 });
  expect(follows[0]?.request.runIds).toBeUndefined();
  expect(facts(batches.flatMap(({ lines }) => lines))).toEqual([[1, B, "at 14"]]);
});
