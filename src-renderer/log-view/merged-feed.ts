import type { RunId } from "#contract/ids.ts";
import type { LogLine, MergedBatch, MergedPlace, PartialLine } from "#contract/log.ts";
import type { Conditions } from "./hit-index.ts";
import {
  type FollowObserver,
  findAll,
  type LineFeed,
  type LineOrigin,
  type LogSource,
  type ViewLine,
  type ViewPage,
} from "./log-source.ts";
import { RowRefs } from "./row-refs.ts";

export interface MergedFeedDeps {
  readonly source: Pick<LogSource, "page" | "find" | "mergedPage" | "followMany">;
  /** The runs in view; null for every live one, also those that begin later. */
  readonly runIds: readonly RunId[] | null;
  /** Only lines that fit; null for all. */
  readonly conditions: Conditions | null;
  /** Whether lines of a run are shown at all. */
  readonly isWanted?: (runId: RunId) => boolean;
}

/** Lines shown of each live run when the view is opened. */
const LAST_LINES = 100;
/** Of one run at once. */
const TAIL_LINES = 300;
const FIRST_ROWS = 500;
/** Lines that fit and were there before the view was opened; of all runs together. */
export const MERGED_HITS_LIMIT = 20_000;
/** Lines of one run that are read together, though some between them are not wanted. */
const CLUSTER_GAP = 1_000;
const CLUSTER_LINES = 5_000;

/**
 * Lines of several runs by time. What was there when it was opened is read by its index in the merged order; what
 * comes after is remembered line by line, in the order in which it came.
 */
export class MergedFeed implements LineFeed {
  readonly #deps: MergedFeedDeps;
  readonly #refs = new RowRefs();
  /** The last line of each run that came. */
  readonly #seen = new Map<RunId, number>();
  readonly #partials = new Map<RunId, readonly PartialLine[]>();
  /** Rows that are known by their index, and the place behind them. */
  #history = 0;
  #until: MergedPlace = {};
  #isEnd = false;

  constructor(deps: MergedFeedDeps) {
    this.#deps = deps;
  }

  get rowCount(): number {
    return this.#history + this.#refs.count;
  }
  /** The place behind the rows that are known by index. */
  get until(): MergedPlace {
    return this.#until;
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
      stop();
    };
  }

  async page({ from, limit, hasDetails = true }: Parameters<LineFeed["page"]>[0]): Promise<ViewPage> {
    const lines =
      from <= this.#history
        ? await this.#historyRows(from, { limit: Math.min(limit, this.#history - from + 1), hasDetails })
        : await this.#refRows(from, limit, hasDetails);
    return { lines, lineCount: this.rowCount, sizeBytes: 0, isEnd: this.#isEnd };
  }

  /** What is there before anything is followed: the last rows of it, if any is shown. */
  async #open(signal: AbortSignal): Promise<readonly ViewLine[]> {
    const { runIds, conditions, source } = this.#deps;
    // Opened again after a pause: it goes on behind what it has.
    if (runIds === null || this.#history > 0 || this.#refs.count > 0) return [];
    const all = { runIds: [...runIds], index: Number.MAX_SAFE_INTEGER, direction: "before" as const };
    const { lines, end, lineCount } = await source.mergedPage({
      ...all,
      limit: FIRST_ROWS,
      hasDetails: true,
    });
    this.#until = end;
    if (conditions !== null) return await this.#openFiltered(conditions, signal);
    this.#history = lineCount;
    return lines.map(({ runId, line }, index) =>
      rowOf(lineCount - lines.length + index + 1, { runId, number: line.number }, line),
    );
  }

  async #openFiltered(conditions: Conditions, signal: AbortSignal): Promise<readonly ViewLine[]> {
    const { source } = this.#deps;
    const runs = Object.entries(this.#until);
    const limit = Math.max(1, Math.floor(MERGED_HITS_LIMIT / Math.max(1, runs.length)));
    const found = await Promise.all(
      runs.map(([runId, toLine]) =>
        findAll(source, { ...conditions, runIds: [runId as RunId], toLine, limit }, signal),
      ),
    );
    for (const hit of found.flat().sort((a, b) => a.atMs - b.atMs)) this.#refs.push(hit);
    return [];
  }

  #followOn(observer: FollowObserver): () => void {
    const { source, runIds, conditions } = this.#deps;
    // Of a flood only the end is shown, but of lines that fit none is left out.
    const wish = conditions === null ? { mostLines: TAIL_LINES } : { conditions };
    const where =
      runIds === null
        ? { lastLines: LAST_LINES }
        : { runIds: [...runIds], place: { ...this.#until, ...Object.fromEntries(this.#seen) } };
    return source.followMany(
      { ...where, ...wish, hasDetails: true },
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
      // A stream that was opened again may begin with what is here already.
      if (line.number <= (this.#seen.get(runId) ?? 0)) return [];
      this.#seen.set(runId, line.number);
      if (this.#deps.isWanted?.(runId) === false) return [];
      this.#refs.push(origin);
      return [rowOf(this.rowCount, origin, line)];
    });
    for (const { runId, partials: open } of partials) this.#partials.set(runId, open);
    for (const runId of ended) this.#partials.delete(runId);
    this.#isEnd = isEnd;
    return this.#batchOf(rows);
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

  async #historyRows(
    from: number,
    { limit, hasDetails }: { limit: number; hasDetails: boolean },
  ): Promise<readonly ViewLine[]> {
    const { source, runIds } = this.#deps;
    const { lines } = await source.mergedPage({
      runIds: [...(runIds ?? [])],
      index: from - 1,
      until: { ...this.#until },
      limit,
      hasDetails,
    });
    return lines.map(({ runId, line }, index) => rowOf(from + index, { runId, number: line.number }, line));
  }

  async #refRows(from: number, limit: number, hasDetails: boolean): Promise<readonly ViewLine[]> {
    const wanted = new Map<RunId, { row: number; number: number }[]>();
    for (let row = from; row < from + limit && row <= this.rowCount; row += 1) {
      const origin = this.#refs.at(row - this.#history - 1);
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
