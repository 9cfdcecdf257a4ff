import { type RunId, runIdSchema } from "#contract/ids.ts";
import {
  type FollowLog,
  type FollowMany,
  type LogBatch,
  type PartialLine,
  RUNS_PER_REQUEST_LIMIT,
} from "#contract/log.ts";
import type { Clock } from "#core/clock.ts";
import { LineFilter } from "./line-filter.ts";
import type { MergedNews } from "./log-store.ts";
import { gather } from "./log-views.ts";
import { mergeBatches } from "./merged-views.ts";

export interface FollowManyDeps {
  readonly follow: (request: FollowLog, signal: AbortSignal) => AsyncIterable<LogBatch>;
  /** Runs whose logs are being written. */
  readonly liveRuns: () => readonly RunId[];
  /** Calls `listener` with each run whose log begins to be written, until the answer is called. */
  readonly onBegun: (listener: (runId: RunId) => void) => () => void;
  readonly clock: Clock;
}

/** Batches that wait for a slow reader before the runs are read no further. */
const WAITING_LIMIT = 32;

/** Follows several runs at once, or every live one, in batches merged by time. */
export async function* followMany(
  request: FollowMany,
  deps: FollowManyDeps,
  signal: AbortSignal,
): AsyncGenerator<MergedNews> {
  const closing = new AbortController();
  const ended = AbortSignal.any([signal, closing.signal]);
  const gathering = new Gathering(request, deps, ended);
  try {
    while (!ended.aborted) {
      const news = await gathering.next();
      if (news === null) return;
      yield news;
      if (news.batch.isEnd) return;
    }
  } finally {
    closing.abort();
    gathering.close();
  }
}

class Gathering {
  readonly #request: FollowMany;
  readonly #deps: FollowManyDeps;
  readonly #signal: AbortSignal;
  readonly #positions: Map<RunId, number>;
  readonly #filter: LineFilter | null;
  readonly #live = new Set<RunId>();
  #waiting: { runId: RunId; batch: LogBatch }[] = [];
  #wake = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();
  #failure: { error: unknown } | null = null;
  readonly #stopListening: () => void;

  constructor(request: FollowMany, deps: FollowManyDeps, signal: AbortSignal) {
    this.#request = request;
    this.#deps = deps;
    this.#signal = signal;
    this.#positions = positionsIn(request);
    this.#filter = request.conditions === undefined ? null : new LineFilter(request.conditions);
    const named = request.runIds;
    this.#stopListening =
      named === undefined ? deps.onBegun((runId) => this.#add(runId, true)) : () => undefined;
    for (const runId of named ?? deps.liveRuns()) this.#add(runId, false);
    signal.addEventListener("abort", () => this.#wake.resolve(), { once: true });
  }

  close(): void {
    this.#stopListening();
    this.#room.resolve();
  }

  /** Null when there is nothing to wait for any more. */
  async next(): Promise<MergedNews | null> {
    if (this.#waiting.length === 0 && this.#failure === null) await this.#wake.promise;
    if (this.#signal.aborted) return null;
    await gather(this.#deps.clock, this.#signal);
    if (this.#failure !== null) throw this.#failure.error;
    const batches = this.#waiting;
    this.#waiting = [];
    this.#wake = Promise.withResolvers();
    this.#room.resolve();
    this.#room = Promise.withResolvers();
    return this.#newsOf(batches);
  }

  #newsOf(batches: readonly { runId: RunId; batch: LogBatch }[]): MergedNews {
    const partials = new Map<RunId, readonly PartialLine[]>();
    const ended: RunId[] = [];
    for (const { runId, batch } of batches) {
      partials.set(runId, batch.partials);
      const last = batch.lines.at(-1)?.number;
      if (last !== undefined) this.#positions.set(runId, last);
      if (!batch.isEnd) continue;
      ended.push(runId);
      this.#live.delete(runId);
    }
    const isEnd = this.#request.runIds !== undefined && this.#live.size === 0;
    const lines = mergeBatches(batches);
    const batch = {
      lines: this.#filter?.fitting(lines) ?? lines,
      partials: [...partials].map(([runId, open]) => ({ runId, partials: open })),
      ended,
      isEnd,
    };
    return { batch, id: idOf(this.#positions) };
  }

  #add(runId: RunId, isNew: boolean): void {
    if (this.#live.has(runId)) return;
    this.#live.add(runId);
    void this.#follow(runId, isNew);
  }

  async #follow(runId: RunId, isNew: boolean): Promise<void> {
    const { lastLines, mostLines, encoding, hasDetails } = this.#request;
    const position = this.#positionOf(runId);
    // `-0` would mean from the beginning; with no lines to begin with, the last one is left out below.
    const isFromEnd = position === undefined && !isNew;
    const request: FollowLog = {
      runId,
      afterLine: isFromEnd ? -Math.max(1, lastLines) : (position ?? 0),
      ...(mostLines === undefined ? {} : { mostLines }),
      ...(encoding === undefined ? {} : { encoding }),
      ...(hasDetails === undefined ? {} : { hasDetails }),
    };
    let isFirst = isFromEnd && lastLines === 0;
    try {
      for await (const batch of this.#deps.follow(request, this.#signal)) {
        this.#waiting.push({ runId, batch: isFirst ? { ...batch, lines: [] } : batch });
        isFirst = false;
        this.#wake.resolve();
        if (this.#waiting.length >= WAITING_LIMIT) await this.#room.promise;
        if (this.#signal.aborted) return;
      }
    } catch (error) {
      this.#failed(runId, error);
    }
  }

  #positionOf(runId: RunId): number | undefined {
    // Where a place was named, runs that are not in it have no lines before it.
    return this.#positions.get(runId) ?? (this.#request.place === undefined ? undefined : 0);
  }

  #failed(runId: RunId, error: unknown): void {
    // A log that was removed meanwhile has simply ended for one who follows all.
    if (this.#request.runIds === undefined) this.#live.delete(runId);
    else this.#failure = { error };
    this.#wake.resolve();
  }
}

/** `run=line` of each run, the ones that were read last at the end. */
function idOf(positions: ReadonlyMap<RunId, number>): string {
  return [...positions]
    .slice(-RUNS_PER_REQUEST_LIMIT)
    .map(([runId, line]) => `${runId}=${line}`)
    .join(",");
}

function positionsIn({ lastEventId, place }: FollowMany): Map<RunId, number> {
  const positions = new Map<RunId, number>();
  const put = (name: string | undefined, line: number) => {
    const runId = runIdSchema.safeParse(name);
    if (runId.success && Number.isSafeInteger(line) && line >= 0) positions.set(runId.data, line);
  };
  for (const [name, line] of Object.entries(place ?? {})) put(name, line);
  for (const part of (lastEventId ?? "").split(",")) {
    const [name, line] = part.split("=");
    put(name, Number(line));
  }
  return positions;
}
