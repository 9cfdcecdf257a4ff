import type { RunId } from "#contract/ids.ts";
import type { LogHit, LogLine, MergedBatch, MergedPlace, PartialLine } from "#contract/log.ts";
import { RUNS_PER_REQUEST_LIMIT } from "#contract/log.ts";
import type { Conditions } from "./hit-index.ts";
import type { FollowObserver, LineFeed, LineOrigin, LogSource, ViewLine, ViewPage } from "./log-source.ts";
import { MergedHistory, type PlacedRow } from "./merged-history.ts";
import { MergedIndex } from "./merged-index.ts";
import { RowRefs } from "./row-refs.ts";

/** The live runs at a moment. */
export interface LiveRuns {
  /** Those that are shown. */
  readonly wanted: readonly RunId[];
  readonly others: readonly RunId[];
}

export interface MergedFeedDeps {
  readonly source: Pick<LogSource, "page" | "find" | "mergedPage" | "followMany">;
  /** The runs in view; a function for every live one, also those that begin later. */
  readonly runs: readonly RunId[] | (() => Promise<LiveRuns>);
  /** Only lines that fit; null for all. */
  readonly conditions: Conditions | null;
  /** Whether lines of a run are shown at all. */
  readonly isWanted?: (runId: RunId) => boolean;
  /** Rows that are remembered line by line before they become history. */
  readonly liveRows?: number;
}

/** Of one run at once. */
const TAIL_LINES = 300;
const FIRST_ROWS = 500;
const LIVE_ROWS = 200_000;
/** Rows that cannot become history are forgotten beyond this many times as many. */
const MOST_LIVE = 5;
/** Lines of one run that are read together, though some between them are not wanted. */
const CLUSTER_GAP = 1_000;
const CLUSTER_LINES = 5_000;

/**
 * Lines of several runs by time. What was there when it was opened is history, read by its place in the merged order;
 * what comes after is remembered line by line, in the order in which it came.
 */
export class MergedFeed implements LineFeed {
  readonly #deps: MergedFeedDeps;
  readonly #refs: RowRefs;
  /** The last line of each run that came. */
  readonly #seen = new Map<RunId, number>();
  readonly #partials = new Map<RunId, readonly PartialLine[]>();
  #history: MergedHistory;
  /** How far the runs that are followed but not shown were written. */
  readonly #passed = new Map<RunId, number>();
  #isOpen = false;
  #isEnd = false;
  #isGrowing = false;
  /** False once the store and the stream did not agree on what fits. */
  #canGrow = true;

  constructor(deps: MergedFeedDeps) {
    this.#deps = deps;
    this.#refs = new RowRefs((deps.liveRows ?? LIVE_ROWS) * MOST_LIVE);
    this.#history = MergedHistory.ofLines(deps.source, [], {});
  }

  get rowCount(): number {
    return this.#history.rowCount + this.#refs.count;
  }
  get history(): MergedHistory {
    return this.#history;
  }
  /** How far each run is known. */
  get seen(): MergedPlace {
    return { ...this.#history.times.until, ...Object.fromEntries(this.#seen) };
  }

  follow(_request: { afterLine: number }, observer: FollowObserver): () => void {
    const closing = new AbortController();
    let stop: () => void = () => undefined;
    this.#open(closing.signal)
      .then((first) => {
        if (closing.signal.aborted) return;
        observer.onBatch(this.#batchOf(first));
        stop = this.#followOn(observer);
      })
      .catch((error: unknown) => {
        if (!closing.signal.aborted) observer.onFailed(error);
      });
    return () => {
      closing.abort();
      this.#history.stop();
      stop();
    };
  }

  async page(request: Parameters<LineFeed["page"]>[0]): Promise<ViewPage> {
    const { from, limit, hasDetails = true } = request;
    const history = this.#history;
    const old = await history.rows(from - 1, limit, hasDetails);
    // More became history meanwhile, and is no row of the other kind any more.
    if (history !== this.#history) return await this.page(request);
    const rows = old.map(({ line, ...origin }, index) => this.#oldRow(from + index, origin, line));
    const late = await this.#refRows(from + rows.length, limit - rows.length, hasDetails);
    const lines = [...rows, ...late];
    return { lines, lineCount: this.rowCount, sizeBytes: 0, isEnd: this.#isEnd };
  }

  /** The place before a row; rows count from 1. */
  async placeBefore(row: number): Promise<MergedPlace> {
    const history = this.#history;
    if (row <= history.rowCount) return await history.placeOf(row - 1);
    return this.#refs.placeAfter(row - 1 - history.rowCount, history.times.until);
  }

  /** The row of a line that is shown; null when it is not there any more. */
  async rowOfHit(hit: Pick<LogHit, "runId" | "number" | "atMs">): Promise<number | null> {
    const history = this.#history;
    if (hit.number > (history.times.until[hit.runId] ?? 0)) {
      const index = this.#refs.indexOf(hit);
      return index === -1 ? null : history.rowCount + index + 1;
    }
    const place = await history.times.placeOf(hit);
    return place === null ? null : (await history.rowAt(place)) + 1;
  }

  /** The first row that arrived at a time or later; the last one when none did. */
  async rowAtTime(atMs: number): Promise<number> {
    const history = this.#history;
    if (history.times.runIds.length > 0) {
      const row = await history.rowAt(await history.times.placeAt(atMs));
      if (row < history.rowCount) return row + 1;
    }
    const { source } = this.#deps;
    const rows = this.#refs.runs.map(async (runId) => {
      const { lines } = await source.page({ runId, atMs, limit: 1 });
      const index = this.#refs.indexOf({ runId, number: lines[0]?.number ?? Number.POSITIVE_INFINITY });
      return index === -1 ? this.rowCount : history.rowCount + index + 1;
    });
    return Math.max(1, Math.min(this.rowCount, ...(await Promise.all(rows))));
  }

  /** Places all over the rows, see `MergedHistory`. */
  async outline(): Promise<readonly PlacedRow[]> {
    return [...(await this.#history.outline()), { place: this.seen, row: this.rowCount }];
  }

  /** What is there before anything is followed: the last rows of it, if any is shown. */
  async #open(signal: AbortSignal): Promise<readonly ViewLine[]> {
    // Opened again after a pause: it goes on behind what it has.
    if (this.#isOpen) return [];
    const { runs, source, conditions } = this.#deps;
    const { wanted, others } = typeof runs === "function" ? await runs() : { wanted: runs, others: [] };
    const runIds = wanted.slice(0, RUNS_PER_REQUEST_LIMIT);
    const beyond = [...others, ...wanted.slice(RUNS_PER_REQUEST_LIMIT)];
    const [until, passed] = await Promise.all([this.#endOf(runIds), this.#endOf(beyond)]);
    const history =
      conditions === null
        ? MergedHistory.ofLines(source, runIds, until)
        : await this.#fitting({ runIds, until, conditions }, signal);
    const from = Math.max(0, history.rowCount - FIRST_ROWS);
    const rows = await history.rows(from, FIRST_ROWS, true);
    if (signal.aborted) return [];
    this.#history = history;
    for (const [runId, line] of Object.entries(passed)) this.#passed.set(runId as RunId, line);
    this.#isOpen = true;
    return rows.map(({ line, ...origin }, index) => this.#oldRow(from + index + 1, origin, line));
  }

  async #endOf(runIds: readonly RunId[]): Promise<MergedPlace> {
    const places: MergedPlace[] = [];
    for (let from = 0; from < runIds.length; from += RUNS_PER_REQUEST_LIMIT) {
      const some = runIds.slice(from, from + RUNS_PER_REQUEST_LIMIT);
      const request = {
        runIds: some,
        index: Number.MAX_SAFE_INTEGER,
        direction: "before",
        limit: 1,
      } as const;
      places.push((await this.#deps.source.mergedPage({ ...request, runIds: some })).end);
    }
    return Object.assign({}, ...places);
  }

  async #fitting(
    { runIds, until, conditions }: { runIds: readonly RunId[]; until: MergedPlace; conditions: Conditions },
    signal: AbortSignal,
  ): Promise<MergedHistory> {
    const { source } = this.#deps;
    const failed = Promise.withResolvers<never>();
    const filter = new MergedIndex({
      source,
      conditions,
      onNews: ({ error }) => error !== null && failed.reject(error),
    });
    const stop = () => {
      filter.stop();
      failed.reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([MergedHistory.ofFitting(source, { runIds, until, filter }), failed.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #followOn(observer: FollowObserver): () => void {
    const { source, runs, conditions } = this.#deps;
    // Of a flood only the end is sent, but of lines that fit none is left out.
    const wish = conditions === null ? { mostLines: TAIL_LINES } : { conditions };
    const named = typeof runs === "function" ? {} : { runIds: [...runs] };
    return source.followMany(
      { ...named, place: { ...Object.fromEntries(this.#passed), ...this.seen }, ...wish, hasDetails: true },
      {
        onData: (batch) => observer.onBatch(this.#took(batch)),
        onFailed: observer.onFailed,
        onLost: observer.onLost,
      },
    );
  }

  #took({ lines, partials, ended, isEnd }: MergedBatch) {
    const rows = lines.flatMap(({ runId, line }) => {
      const origin = { runId, number: line.number };
      const seen = this.#lastOf(runId);
      // A stream that was opened again may begin with what is here already.
      if (line.number <= seen) return [];
      if (this.#deps.isWanted?.(runId) === false) {
        this.#passed.set(runId, line.number);
        return [];
      }
      this.#seen.set(runId, line.number);
      // What a flood left out has its rows all the same, and is read when somebody looks there.
      if (this.#deps.conditions === null)
        for (let number = seen + 1; number < line.number; number += 1) this.#refs.push({ runId, number });
      this.#refs.push(origin);
      return [rowOf(this.rowCount, origin, line)];
    });
    for (const { runId, partials: open } of partials) this.#partials.set(runId, open);
    for (const runId of ended) this.#partials.delete(runId);
    this.#isEnd = isEnd;
    void this.#makeHistory();
    return this.#batchOf(rows);
  }

  #lastOf(runId: RunId): number {
    const shown = this.#seen.get(runId) ?? this.#history.times.until[runId];
    return shown ?? this.#passed.get(runId) ?? 0;
  }

  /**
   * Every line up to a place that fits is a row, so rows that came line by line can become rows that are read by their
   * place.
   */
  async #makeHistory(): Promise<void> {
    const { liveRows = LIVE_ROWS } = this.#deps;
    if (!this.#canGrow || this.#isGrowing || this.#refs.count < liveRows) return;
    const runIds = [...new Set([...this.#history.times.runIds, ...this.#refs.runs])];
    const hasBegunLate = this.#refs.runs.some((runId) => this.#passed.has(runId));
    if (runIds.length > RUNS_PER_REQUEST_LIMIT || hasBegunLate) return;
    // The last of them stay as they are: that is where somebody looks.
    const count = this.#refs.count - Math.floor(liveRows / 2);
    const until = this.#refs.placeAfter(count, this.#history.times.until);
    this.#isGrowing = true;
    try {
      const grown = await this.#history.grownTo(runIds, until);
      if (grown === null) return;
      // What comes is judged by the beginning of its lines, so a very long one can fit that did not. Rows must not move.
      this.#canGrow = grown.rowCount === this.#history.rowCount + count;
      if (!this.#canGrow) return;
      this.#history = grown;
      this.#refs.dropFirst(count);
    } catch {
      // Asked for again with the next rows.
    } finally {
      this.#isGrowing = false;
    }
  }

  #batchOf(lines: readonly ViewLine[]) {
    const partials =
      this.#deps.conditions === null
        ? [...this.#partials]
            .filter(([runId]) => this.#deps.isWanted?.(runId) !== false)
            .flatMap(([runId, open]) => open.map((partial) => ({ ...partial, runId })))
        : [];
    return { lines, partials, lineCount: this.rowCount, isEnd: this.#isEnd };
  }

  /** A row of what was there. Lines of a damaged stretch arrived at one time, so they follow each other here as well. */
  #oldRow(row: number, origin: LineOrigin, line: LogLine): ViewLine {
    const { conditions } = this.#deps;
    const shown = rowOf(row, origin, line);
    if (conditions !== null || line.gap?.lines === undefined) return shown;
    const first = row - (line.number - line.gap.lines.from);
    const last = row + (line.gap.lines.to - line.number);
    return { ...shown, folded: { from: Math.max(1, first), to: Math.min(last, this.#history.rowCount) } };
  }

  async #refRows(from: number, limit: number, hasDetails: boolean): Promise<readonly ViewLine[]> {
    const wanted = new Map<RunId, { row: number; number: number }[]>();
    const before = this.#history.rowCount;
    for (let row = from; row < from + limit && row <= this.rowCount; row += 1) {
      const origin = this.#refs.at(row - before - 1);
      if (origin === undefined) continue;
      const own = wanted.get(origin.runId) ?? [];
      own.push({ row, number: origin.number });
      wanted.set(origin.runId, own);
    }
    const read = [...wanted].flatMap(([runId, rows]) =>
      clustersOf(rows).map((cluster) => this.#readCluster(runId, cluster, hasDetails)),
    );
    return (await Promise.all(read)).flat().sort((a, b) => a.number - b.number);
  }

  async #readCluster(
    runId: RunId,
    cluster: readonly { row: number; number: number }[],
    hasDetails: boolean,
  ): Promise<ViewLine[]> {
    const { source } = this.#deps;
    const first = cluster[0]?.number ?? 1;
    const limit = (cluster.at(-1)?.number ?? first) - first + 1;
    const { lines } = await source.page({ runId, from: first, limit, hasDetails });
    const known = new Map(lines.map((line) => [line.number, line]));
    return cluster.flatMap(({ row, number }) => {
      const line = known.get(number);
      return line === undefined ? [] : [rowOf(row, { runId, number }, line)];
    });
  }
}

function rowOf(row: number, origin: LineOrigin, line: LogLine): ViewLine {
  return { ...line, number: row, origin };
}

/** Rows whose lines lie near each other. */
function clustersOf<T extends { readonly number: number }>(rows: readonly T[]): T[][] {
  const clusters: T[][] = [];
  for (const row of rows.toSorted((a, b) => a.number - b.number)) {
    const open = clusters.at(-1);
    const first = open?.[0]?.number ?? 0;
    const last = open?.at(-1)?.number ?? 0;
    const isNear =
      open !== undefined && row.number - last <= CLUSTER_GAP && row.number - first < CLUSTER_LINES;
    if (isNear) open.push(row);
    else clusters.push([row]);
  }
  return clusters;
}
