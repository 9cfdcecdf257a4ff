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

/** A run's lines beside those of the others, with the time that orders them. */
interface Lane {
  readonly runId: RunId;
  readonly lines: readonly LogLine[];
  at: number;
}

/** Lines of several runs around a place, in the order of their arrival. */
export async function readMerged(logs: readonly MergedLog[], request: ReadMerged): Promise<MergedPage> {
  const counts = countsOf(logs, request.until);
  const from = await placeOf(logs, request, counts);
  const isBefore = request.direction === "before";
  const lanes = await Promise.all(logs.map((log) => laneOf(log, { step: request, from, counts })));
  const lines = isBefore ? lastMerged(lanes, request.limit) : firstMerged(lanes, request.limit);
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
    const limit = Math.min(STEP_LINES, missing);
    const step = { direction: "after", limit } as const;
    const lanes = await Promise.all(logs.map((log) => laneOf(log, { step, from: place, counts })));
    const lines = firstMerged(lanes, limit);
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

async function laneOf(
  { state, view }: MergedLog,
  {
    step,
    from,
    counts,
  }: { step: Pick<ReadMerged, "direction" | "limit">; from: MergedPlace; counts: LineCounts },
): Promise<Lane> {
  const { runId } = state;
  const before = from[runId] ?? 0;
  const range =
    step.direction === "before"
      ? { first: Math.max(1, before - step.limit + 1), last: before }
      : { first: before + 1, last: Math.min(counts.get(runId) ?? 0, before + step.limit) };
  return { runId, lines: await readLines(state, range, view), at: 0 };
}

/** The first lines of all lanes together; lines of one lane keep their order. */
function firstMerged(lanes: readonly Lane[], limit: number): MergedLine[] {
  const merged: MergedLine[] = [];
  while (merged.length < limit) {
    const best = earliest(lanes);
    if (best === null) break;
    best.lane.at += 1;
    merged.push({ runId: best.lane.runId, line: best.line });
  }
  return merged;
}

function earliest(lanes: readonly Lane[]): { lane: Lane; line: LogLine } | null {
  let best: { lane: Lane; line: LogLine } | null = null;
  for (const lane of lanes) {
    const line = lane.lines[lane.at];
    if (line !== undefined && (best === null || line.atMs < best.line.atMs)) best = { lane, line };
  }
  return best;
}

/** The last lines of all lanes together, taken from their ends, such that they meet what `firstMerged` gives. */
function lastMerged(lanes: readonly Lane[], limit: number): MergedLine[] {
  const merged: MergedLine[] = [];
  for (const lane of lanes) lane.at = lane.lines.length - 1;
  while (merged.length < limit) {
    const best = latest(lanes);
    if (best === null) break;
    best.lane.at -= 1;
    merged.push({ runId: best.lane.runId, line: best.line });
  }
  return merged.reverse();
}

function latest(lanes: readonly Lane[]): { lane: Lane; line: LogLine } | null {
  let best: { lane: Lane; line: LogLine } | null = null;
  for (const lane of lanes) {
    const line = lane.lines[lane.at];
    if (line !== undefined && (best === null || line.atMs >= best.line.atMs)) best = { lane, line };
  }
  return best;
}

/** Lines of several batches in the order of their arrival. */
export function mergeBatches(batches: readonly { runId: RunId; batch: LogBatch }[]): MergedLine[] {
  const total = batches.reduce((count, { batch }) => count + batch.lines.length, 0);
  const lanes = new Map<RunId, LogLine[]>();
  for (const { runId, batch } of batches) {
    const lines = lanes.get(runId) ?? [];
    lines.push(...batch.lines);
    lanes.set(runId, lines);
  }
  return firstMerged(
    [...lanes].map(([runId, lines]) => ({ runId, lines, at: 0 })),
    total,
  );
}

function sum(values: Iterable<number>): number {
  return Iterator.from(values).reduce((total, value) => total + value, 0);
}
