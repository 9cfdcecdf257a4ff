import { rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type {
  FindLines,
  FindProgress,
  FollowLog,
  FollowMany,
  LineStretch,
  LogBatch,
  LogEncoding,
  LogPage,
  LogSearchResult,
  LogStats,
  LogTotals,
  MarkLog,
  MergedPage,
  ReadLine,
  ReadLog,
  ReadMerged,
  SearchLog,
} from "#contract/log.ts";
import type { Clock } from "#core/clock.ts";
import { readingOf } from "#core/log-encoding.ts";
import { toDataError } from "#main/platform/index.ts";
import { findLines, type SearchedLog } from "./find-lines.ts";
import { followMany } from "./follow-many.ts";
import { readStretch } from "./line-stretch.ts";
import { LineView } from "./line-text.ts";
import { LogFileWriter } from "./log-file-writer.ts";
import type { LogRecords } from "./log-records.ts";
import { LogSealing } from "./log-sealing.ts";
import { LogState } from "./log-state.ts";
import { LogStates } from "./log-states.ts";
import { statsOf } from "./log-stats.ts";
import type { LogStore, LogWriter, MergedNews } from "./log-store.ts";
import { followLines, readPage, readRaw } from "./log-views.ts";
import { type MergedLog, readMerged } from "./merged-views.ts";
import { notFound } from "./piece-source.ts";
import { storedTotals } from "./stored-logs.ts";
import { TAIL_FILES } from "./tail-file.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface LogStoreDeps {
  /** The folder of all logs; created when the first log begins. */
  readonly folder: string;
  readonly clock: Clock;
  readonly records: LogRecords;
  /** The script of the threads that seal and search: the built one, or its source. */
  readonly workerScript: string;
  /** Told when a segment could not be sealed; it stays plain, and the next start tries again. */
  readonly onSealingFailed: (error: unknown, runId: RunId) => void;
  /** Told when a person decided something else about a log. */
  readonly onMarked?: (runId: RunId) => void;
  /** Size at which a segment ends. Only tests and benchmarks name others. */
  readonly segmentBytes?: number;
  /** Plain bytes below which a finished log is not worth compressing. */
  readonly sealFromBytes?: number;
}

const SEGMENT_BYTES = 32 * 1024 * 1024;
const SEAL_FROM_BYTES = 16 * 1024;

/** Keeps each run's log in segments: plain while they grow, compressed once they are full. */
export function createLogStore(deps: LogStoreDeps): LogStore {
  return new EngineLogStore(deps);
}

interface ViewWish {
  readonly encoding?: LogEncoding | undefined;
  readonly hasDetails?: boolean | undefined;
}

class EngineLogStore implements LogStore {
  readonly #deps: LogStoreDeps;
  readonly #states: LogStates;
  readonly #pool: WorkerPool;
  readonly #sealing: LogSealing;
  readonly #writers = new Map<RunId, LogFileWriter>();
  readonly #beginListeners = new Set<(runId: RunId) => void>();
  readonly #closing = new AbortController();

  constructor(deps: LogStoreDeps) {
    this.#deps = deps;
    this.#states = new LogStates({
      create: (runId) =>
        new LogState({ runId, folder: path.join(deps.folder, runId), records: deps.records }),
      // Of an earlier version, or of a core that ended before it was done.
      onLoaded: ({ runId, hasFinished }) => {
        if (hasFinished) void this.#seal(runId);
      },
    });
    this.#pool = new WorkerPool({ script: deps.workerScript, clock: deps.clock });
    this.#sealing = new LogSealing({
      pool: this.#pool,
      records: deps.records,
      sealFromBytes: deps.sealFromBytes ?? SEAL_FROM_BYTES,
      onFailed: deps.onSealingFailed,
    });
  }

  async openWriter(runId: RunId): Promise<LogWriter> {
    const { state, letGo } = await this.#states.hold(runId);
    if (state.hasWriter) {
      letGo();
      throw new Error(`Run ${runId} has a log writer already`);
    }
    state.hasWriter = true;
    // What is finished of this log must not be taken away under the writer's hands.
    await state.sealing;
    const onClosed = () => {
      state.hasWriter = false;
      this.#writers.delete(runId);
      if (state.isSealed && !this.#closing.signal.aborted) void this.#seal(runId);
      letGo();
    };
    const writer = new LogFileWriter({
      files: TAIL_FILES,
      state,
      clock: this.#deps.clock,
      segmentBytes: this.#deps.segmentBytes ?? SEGMENT_BYTES,
      onSegmentFinished: () => this.#sealing.makeRoom(state),
      onClosed,
    });
    try {
      await writer.open();
    } catch (error) {
      state.hasWriter = false;
      letGo();
      throw error;
    }
    this.#writers.set(runId, writer);
    if (!state.isTailSealed) state.begin();
    for (const listener of [...this.#beginListeners]) listener(runId);
    return writer;
  }

  async page(request: ReadLog): Promise<LogPage> {
    await using held = await this.#holdExisting(request.runId);
    const { state } = held;
    return await translated(state, () => readPage(state, request, this.#view(state, request)));
  }

  async *follow(request: FollowLog, signal: AbortSignal): AsyncGenerator<LogBatch> {
    await using held = await this.#states.hold(request.runId);
    const { state } = held;
    const view = this.#view(state, request);
    yield* followLines(state, request, { clock: this.#deps.clock, signal: this.#untilClosed(signal), view });
  }

  async *raw(
    runId: RunId,
    options: { isFollowing: boolean; signal: AbortSignal },
  ): AsyncGenerator<Uint8Array> {
    await using held = await (options.isFollowing ? this.#states.hold(runId) : this.#holdExisting(runId));
    yield* readRaw(held.state, { ...options, signal: this.#untilClosed(options.signal) });
  }

  async search(request: SearchLog, signal: AbortSignal): Promise<LogSearchResult> {
    await using _held = await this.#holdExisting(request.runId);
    const { runId, text, isCaseSensitive, limit } = request;
    const wish = {
      runIds: [runId],
      text,
      isCaseSensitive,
      isRegex: false,
      hasLines: false,
      limit: limit + 1,
    };
    const lineNumbers: number[] = [];
    for await (const { hits, isEnd } of this.find(wish, signal)) {
      lineNumbers.push(...hits.map(({ number }) => number));
      if (!isEnd && lineNumbers.length <= limit) continue;
      return { lineNumbers: lineNumbers.slice(0, limit), isTruncated: lineNumbers.length > limit };
    }
    throw new AppError("run.cancelled", "The search was taken back");
  }

  async *find(request: FindLines, signal: AbortSignal): AsyncGenerator<FindProgress> {
    await using held = await this.#holdMany(request.runIds);
    const logs: SearchedLog[] = held.states.map((state) => ({
      state,
      encoding: this.#chosen(state, request),
    }));
    yield* findLines(logs, request, { pool: this.#pool, signal: this.#untilClosed(signal) });
  }

  async mergedPage(request: ReadMerged): Promise<MergedPage> {
    await using held = await this.#holdMany(request.runIds);
    const logs: MergedLog[] = held.states.map((state) => ({ state, view: this.#view(state, request) }));
    return await readMerged(logs, request);
  }

  followMany(request: FollowMany, signal: AbortSignal): AsyncIterable<MergedNews> {
    const deps = {
      clock: this.#deps.clock,
      follow: (one: FollowLog, ended: AbortSignal) => this.follow(one, ended),
      liveRuns: () => [...this.#writers.keys()],
      onBegun: (listener: (runId: RunId) => void) => {
        this.#beginListeners.add(listener);
        return () => this.#beginListeners.delete(listener);
      },
    };
    return followMany(request, deps, this.#untilClosed(signal));
  }

  async lineStretch(request: ReadLine): Promise<LineStretch> {
    await using held = await this.#holdExisting(request.runId);
    const { state } = held;
    const chosen = this.#chosen(state, request);
    const reading = chosen === null ? state.found : readingOf(chosen);
    const stretch = await translated(state, () => readStretch(state, request, reading));
    if (stretch === null) throw notFound(state);
    return stretch;
  }

  async stats(runId: RunId): Promise<LogStats> {
    await using held = await this.#holdExisting(runId);
    return statsOf(held.state, this.#deps.records.marks(runId));
  }

  async totals(): Promise<LogTotals> {
    return await storedTotals(this.#deps.folder);
  }

  async mark({ runId, isPinned, encoding }: MarkLog): Promise<LogStats> {
    await using held = await this.#holdExisting(runId);
    const { records } = this.#deps;
    const marks = records.marks(runId);
    records.setMarks(runId, {
      isPinned: isPinned ?? marks.isPinned,
      encoding: encoding === undefined ? marks.encoding : encoding,
    });
    this.#deps.onMarked?.(runId);
    return statsOf(held.state, records.marks(runId));
  }

  async remove(runId: RunId): Promise<void> {
    await using held = await this.#states.hold(runId);
    const { state } = held;
    if (state.hasWriter) throw new Error(`The log of run ${runId} is being written`);
    await state.sealing;
    this.#states.forget(runId);
    await translated(state, () => rm(state.folder, { recursive: true, force: true }));
    this.#deps.records.removeOf(runId);
    state.removed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const closed = await Promise.allSettled([...this.#writers.values()].map((writer) => writer.release()));
    await this.#pool[Symbol.asyncDispose]();
    await this.#sealing.settled();
    const failed = closed.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  #untilClosed(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal]);
  }

  /** Seals what a finished log still has in plain form. */
  async #seal(runId: RunId): Promise<void> {
    await using held = await this.#states.hold(runId);
    await this.#sealing.seal(held.state);
  }

  #chosen({ runId }: LogState, { encoding }: ViewWish): LogEncoding | null {
    return encoding ?? this.#deps.records.marks(runId).encoding;
  }

  #view(state: LogState, wish: ViewWish): LineView {
    return new LineView({
      encoding: this.#chosen(state, wish),
      hasDetails: wish.hasDetails ?? false,
      memory: state,
    });
  }

  async #holdExisting(runId: RunId) {
    const held = await this.#states.hold(runId);
    if (held.state.exists) return held;
    held.letGo();
    throw notFound({ runId });
  }

  /** The logs of these runs that are there. */
  async #holdMany(runIds: readonly RunId[]) {
    await using stack = new AsyncDisposableStack();
    const states: LogState[] = [];
    for (const runId of new Set(runIds)) {
      const held = stack.use(await this.#states.hold(runId));
      if (held.state.exists) states.push(held.state);
    }
    const kept = stack.move();
    return { states, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }
}

async function translated<T>({ folder }: LogState, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toDataError(error, folder);
  }
}
