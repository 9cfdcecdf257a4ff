import type { RunId } from "#contract/ids.ts";
import type {
  FindLines,
  FindProgress,
  FollowLog,
  FollowMany,
  LineStretch,
  LogBatch,
  LogPage,
  LogSearchResult,
  LogStats,
  LogStream,
  LogTotals,
  MarkLog,
  MergedBatch,
  MergedPage,
  OutputGap,
  ReadLine,
  ReadLog,
  ReadMerged,
  SearchLog,
} from "#contract/log.ts";

/** Bytes of one stream on their way into the store. Same shape as a driver's output chunk. */
export interface LogChunk {
  readonly stream: LogStream;
  readonly bytes: Uint8Array;
  readonly atMs: number;
  readonly cursor: string;
}

/** Where output is missing. Same shape as a driver's. */
export interface LogGap {
  readonly gap: OutputGap;
  readonly atMs: number;
  /** Position in the source behind what is missing. */
  readonly cursor: string;
}

/** Batch of several runs, and the id from which another follower goes on behind it. */
export interface MergedNews {
  readonly batch: MergedBatch;
  readonly id: string;
}

/** Appends to the log of one run. One writer per run at a time. */
export interface LogWriter {
  /** Cursor of the last chunk that is stored whole; null for an empty log. What a driver adopts with. */
  readonly cursor: string | null;
  /** Stores the chunk; resolves once it is written (not yet synced) and visible to followers. */
  append(chunk: LogChunk): Promise<void>;
  /** Stores that output is missing here; it shows as one line on standard error. */
  gap(gap: LogGap): Promise<void>;
  /** Makes everything appended durable. Called by the supervisor at least once a second while data comes. */
  sync(): Promise<void>;
  /** Syncs, marks the log complete (`isEnd`) and lets go. */
  seal(): Promise<void>;
  /** Syncs and lets go without marking the log complete: the run goes on. */
  release(): Promise<void>;
}

/**
 * The logs of all runs, byte for byte. The contract suite is `tests/contract/log-store.contract.test.ts`.
 *
 * Promises:
 * 1. Bytes are stored exactly as they came, per stream, in order of arrival.
 * 2. A chunk that was cut by a crash is dropped as a whole on the next open, and `cursor` stands before it.
 * 3. Line numbers never change; `follow` with the last number seen neither loses nor repeats a line.
 * 4. A damaged place is reported as such; everything else stays readable.
 */
export interface LogStore {
  openWriter(runId: RunId): Promise<LogWriter>;
  /** @throws AppError `log.not_found` */
  page(request: ReadLog): Promise<LogPage>;
  /** Lines as they come, until the log is sealed or `signal` aborts. Waits for the log of a known run to begin. */
  follow(request: FollowLog, signal: AbortSignal): AsyncIterable<LogBatch>;
  /** The stored bytes of both streams in order of arrival; with `isFollowing`, on until the log is sealed. */
  raw(runId: RunId, options: { isFollowing: boolean; signal: AbortSignal }): AsyncIterable<Uint8Array>;
  search(request: SearchLog, signal: AbortSignal): Promise<LogSearchResult>;
  /**
   * Lines that fit, as they are found; ends after the one with `isEnd`, or when `signal` aborts. A log that is not
   * stored has no lines.
   *
   * @throws AppError `usage.invalid` for a pattern that cannot be understood
   */
  find(request: FindLines, signal: AbortSignal): AsyncIterable<FindProgress>;
  /** Lines of several runs by time. A log that is not stored has no lines. */
  mergedPage(request: ReadMerged): Promise<MergedPage>;
  /** Lines of several runs as they come. */
  followMany(request: FollowMany, signal: AbortSignal): AsyncIterable<MergedNews>;
  /**
   * A stretch of one line.
   *
   * @throws AppError `log.not_found` also when there is no such line
   */
  lineStretch(request: ReadLine): Promise<LineStretch>;
  /** @throws AppError `log.not_found` */
  stats(runId: RunId): Promise<LogStats>;
  totals(): Promise<LogTotals>;
  /** Durable when it resolves. @throws AppError `log.not_found` */
  mark(request: MarkLog): Promise<LogStats>;
  remove(runId: RunId): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
