import type { RunId } from "#contract/ids.ts";
import type { LogBatch, LogLine, MergedLine, MergedPage, MergedPlace, ReadMerged } from "#contract/log.ts";
import { firstWhere } from "./block-ref.ts";
import type { LineView } from "./line-text.ts";
import type { LogState } from "./log-state.ts";
import { lineAt, readLines } from "./log-views.ts";

export interface MergedLog {
  readonly state: LogState;
  readonly view: LineView;
}

/** A run's lines beside those of the others, in the direction of reading; the next one is at `at`. */
interface Lane {
  readonly runId: RunId;
  lines: readonly LogLine[];
  at: number;
  /** Reads what comes behind `lines`; none at the end. */
  readonly more: () => Promise<readonly LogLine[]>;
}

/** Which lines are merged, and which way. */
interface Step {
  readonly direction: ReadMerged["direction"];
  readonly limit: number;
}

/** Lines of several runs around a place, in the order of their arrival. */
export async function readMerged(logs: readonly MergedLog[], request: ReadMerged): Promise<MergedPage> {
  const counts = countsOf(logs, request.until);
  const from = await placeOf(logs, request, counts);
  const isBefore = request.direction === "before";
  const lines = await mergedFrom(logs, { step: request, from, counts });
  const other: Record<string, number> = { ...from };
  for (const { runId } of lines) other[runId] = (other[runId] ?? 0) + (isBefore ? -1 : 1);
  const [start, end] = isBefore ? [other, from] : [from, other];
  return {
    lines,
    start,
    end,
    lineCount: sum(counts.values()),
    before: sum(Object.values(start)),
    isEnd: logs.every(({ state }) => state.isSealed),
  };
}

type LineCounts = ReadonlyMap<RunId, number>;

/** How many lines each run has, or is to have. */
function countsOf(logs: readonly MergedLog[], until: MergedPlace | undefined): LineCounts {
  const most = until === undefined ? null : new Map(Object.entries(until));
  return new Map(
    logs.map(({ state: { runId, lineCount } }) => [
      runId,
      most === null ? lineCount : Math.min(lineCount, most.get(runId) ?? 0),
    ]),
  );
}

async function placeOf(
  logs: readonly MergedLog[],
  { place, atMs, index }: ReadMerged,
  counts: LineCounts,
): Promise<MergedPlace> {
  if (index !== undefined) return await placeAtIndex(logs, index, counts);
  if (atMs !== undefined) return await placeAtTime(logs, atMs, counts);
  const known = new Map(Object.entries(place ?? {}));
  return Object.fromEntries(
    [...counts].map(([runId, lineCount]) => [runId, Math.min(known.get(runId) ?? 0, lineCount)]),
  );
}

/** Before the first line of each run that arrived at `atMs` or later. Such a place lies in the merged order. */
async function placeAtTime(
  logs: readonly MergedLog[],
  atMs: number,
  counts: LineCounts,
): Promise<MergedPlace> {
  const entries = logs.map(async ({ state }): Promise<[string, number]> => {
    const before = (await lineAt(state, atMs)) - 1;
    return [state.runId, Math.min(before, counts.get(state.runId) ?? 0)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Lines that are merged at once on the way to an index. */
const STEP_LINES = 5_000;

/** Before the line with `index` lines before it: the last time with no more lines before it, and on from there. */
async function placeAtIndex(
  logs: readonly MergedLog[],
  index: number,
  counts: LineCounts,
): Promise<MergedPlace> {
  const wanted = Math.min(index, sum(counts.values()));
  const place: Record<string, number> = {
    ...(await placeAtTime(logs, await timeBefore(logs, wanted), counts)),
  };
  for (let missing = wanted - sum(Object.values(place)); missing > 0; ) {
    const step = { direction: "after", limit: Math.min(STEP_LINES, missing) } as const;
    const lines = await mergedFrom(logs, { step, from: place, counts });
    if (lines.length === 0) break;
    for (const { runId } of lines) place[runId] = (place[runId] ?? 0) + 1;
    missing -= lines.length;
  }
  return place;
}

/** The latest time for which all runs together have at most `index` lines before it. */
async function timeBefore(logs: readonly MergedLog[], index: number): Promise<number> {
  let low = 0;
  let high = 1 + Math.max(0, ...logs.map(({ state }) => state.blocks.at(-1)?.reachedMs ?? 0));
  // What the index says costs nothing; lines are counted only where it cannot tell.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const { least, most } = linesBefore(logs, middle);
    if (least > index || (most > index && (await countBefore(logs, middle)) > index)) high = middle;
    else low = middle;
  }
  return low;
}

/** Bounds of how many lines arrived before `atMs`. */
function linesBefore(logs: readonly MergedLog[], atMs: number): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (const { state } of logs) {
    const block = state.blocks[firstWhere(state.blocks, ({ reachedMs }) => reachedMs >= atMs)];
    least += block?.linesBefore ?? state.lineCount;
    most += block === undefined ? state.lineCount : block.linesBefore + block.lineCount;
  }
  return { least, most };
}

async function countBefore(logs: readonly MergedLog[], atMs: number): Promise<number> {
  const numbers = await Promise.all(logs.map(({ state }) => lineAt(state, atMs)));
  return sum(numbers) - numbers.length;
}

interface MergeWish {
  readonly step: Step;
  readonly from: MergedPlace;
  readonly counts: LineCounts;
}

async function mergedFrom(logs: readonly MergedLog[], wish: MergeWish): Promise<MergedLine[]> {
  const { limit, direction } = wish.step;
  // Mostly every run has its share; who asks all of them for the whole page reads as many pages as there are runs.
  const share = Math.min(limit, Math.ceil((limit / logs.length) * SHARE) + LEAST_LINES);
  const lanes = await Promise.all(
    logs.map(async (log): Promise<Lane> => {
      const more = readerOf(log, wish, share);
      return { runId: log.state.runId, lines: await more(), at: 0, more };
    }),
  );
  const lines = await merged(lanes, limit, direction === "before");
  return direction === "before" ? lines.reverse() : lines;
}

/** How much more than its share a run is asked for at once, so that most need not be asked again. */
const SHARE = 2;
const LEAST_LINES = 16;

/** Reads the lines of one run from a place on, so many at a time, in the direction of the step. */
function readerOf({ state, view }: MergedLog, { step, from, counts }: MergeWish, share: number) {
  const { runId } = state;
  let before = from[runId] ?? 0;
  const count = counts.get(runId) ?? 0;
  return async (): Promise<readonly LogLine[]> => {
    const [first, last] =
      step.direction === "before"
        ? [Math.max(1, before - share + 1), before]
        : [before + 1, Math.min(count, before + share)];
    const lines = await readLines(state, { first, last }, view);
    before += step.direction === "before" ? -lines.length : lines.length;
    return step.direction === "before" ? lines.reverse() : lines;
  };
}

/**
 * The first lines of all lanes together; lines of one lane keep their order. Those of the same time come in the order of
 * the lanes, and backwards when they are read backwards, so that both ways meet.
 */
async function merged(lanes: readonly Lane[], limit: number, isBackwards: boolean): Promise<MergedLine[]> {
  const found: MergedLine[] = [];
  while (found.length < limit) {
    for (const lane of lanes) {
      if (lane.at === 0 || lane.at < lane.lines.length) continue;
      lane.lines = await lane.more();
      lane.at = 0;
    }
    const next = takeNext(lanes, isBackwards);
    if (next === null) break;
    found.push(next);
  }
  return found;
}

function takeNext(
  lanes: readonly Pick<Lane, "runId" | "lines" | "at">[],
  isBackwards: boolean,
): MergedLine | null {
  let best: { lane: { at: number; runId: RunId }; line: LogLine } | null = null;
  for (const lane of lanes) {
    const line = lane.lines[lane.at];
    if (line === undefined) continue;
    const isFirst = best === null || (isBackwards ? line.atMs >= best.line.atMs : line.atMs < best.line.atMs);
    if (isFirst) best = { lane, line };
  }
  if (best === null) return null;
  best.lane.at += 1;
  return { runId: best.lane.runId, line: best.line };
}

/** Lines of several batches in the order of their arrival. */
export function mergeBatches(batches: readonly { runId: RunId; batch: LogBatch }[]): MergedLine[] {
  const byRun = new Map<RunId, LogLine[]>();
  for (const { runId, batch } of batches) {
    const lines = byRun.get(runId) ?? [];
    lines.push(...batch.lines);
    byRun.set(runId, lines);
  }
  const lanes = [...byRun].map(([runId, lines]) => ({ runId, lines, at: 0 }));
  const found: MergedLine[] = [];
  for (let next = takeNext(lanes, false); next !== null; next = takeNext(lanes, false)) found.push(next);
  return found;
}

function sum(values: Iterable<number>): number {
  return Iterator.from(values).reduce((total, value) => total + value, 0);
}
