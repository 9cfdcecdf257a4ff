import type { FollowLog, LogBatch, LogLine, LogPage, ReadLog } from "#contract/log.ts";
import type { Clock } from "#core/clock.ts";
import type { SplitLine } from "#core/line-splitter.ts";
import type { PieceState } from "#core/log-block.ts";
import { firstWhere } from "./block-ref.ts";
import type { LineView } from "./line-text.ts";
import { type LogPiece, PieceSplitter } from "./log-piece.ts";
import type { LogState } from "./log-state.ts";
import { notFound, PieceSource } from "./piece-source.ts";

/** What one batch of a follower holds at most. */
const BATCH_LINES = 2_000;
const BATCH_CHARS = 1024 * 1024;
/** How long a live follower gathers what comes in a burst, and one that sees the end of each burst only. */
const GATHER_MS = 15;
const TAIL_GATHER_MS = 50;
/** A follower of the end that is this many lines behind goes on from there instead of reading them. */
const JUMP_LINES = 10_000;

/** The lines of one page. */
export async function readPage(state: LogState, request: ReadLog, view: LineView): Promise<LogPage> {
  const { lineCount, payloadBytes, isSealed } = state;
  const from = request.atMs === undefined ? request.from : await lineAt(state, request.atMs);
  const first = Math.max(1, from < 0 ? lineCount + 1 + from : from);
  const lines = await readLines(state, { first, last: Math.min(lineCount, first + request.limit - 1) }, view);
  return { lines, lineCount, sizeBytes: payloadBytes, isEnd: isSealed };
}

/** The lines from `first` to `last`, as far as they are there. */
export async function readLines(
  state: LogState,
  { first, last }: { first: number; last: number },
  view: LineView,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  if (last < first) return lines;
  await walk(state, blockOfLine(state, first), (piece, splitter) => {
    if (piece.kind === "bytes") view.lookAt(piece.payload);
    splitter.feed(piece, (line) => {
      if (line.number >= first && line.number <= last) lines.push(view.lineOf(line));
    });
    return splitter.lineCount < last;
  });
  return lines;
}

/** Number of the first line that arrived at `atMs` or later; one more than there are when none did. */
export async function lineAt(state: LogState, atMs: number): Promise<number> {
  const index = firstWhere(state.blocks, ({ reachedMs }) => reachedMs >= atMs);
  if (index === state.blocks.length) return state.lineCount + 1;
  let number = state.lineCount + 1;
  await walk(state, index, (piece, splitter) => {
    let isFound = false;
    splitter.feed(piece, (line: SplitLine) => {
      if (isFound || line.atMs < atMs) return;
      isFound = true;
      number = line.number;
    });
    return !isFound;
  });
  return number;
}

/** Hands over pieces from a block on until `take` has enough. */
async function walk(
  state: LogState,
  index: number,
  take: (piece: LogPiece, splitter: PieceSplitter) => boolean,
): Promise<void> {
  await using source = new PieceSource(state, index);
  const splitter = new PieceSplitter(await source.begin());
  for (;;) {
    const pieces = await source.read();
    if (pieces.length === 0) return;
    for (const piece of pieces) if (!take(piece, splitter)) return;
  }
}

/** Index of the block in which a line is completed; of the last one when none is. */
export function blockOfLine({ blocks }: LogState, line: number): number {
  const index = firstWhere(blocks, ({ linesBefore, lineCount }) => linesBefore + lineCount >= line);
  return Math.min(index, blocks.length - 1);
}

/** The stored bytes, in order of arrival. */
export async function* readRaw(
  state: LogState,
  { isFollowing, signal }: { isFollowing: boolean; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  if (!(await waitForLog(state, signal))) return;
  await using source = new PieceSource(state, 0);
  while (!signal.aborted) {
    const { version, isSealed } = state;
    const pieces = await source.read();
    for (const piece of pieces) {
      if (piece.kind === "bytes" && piece.payload.length > 0) yield piece.payload;
    }
    if (pieces.length > 0) continue;
    if (!isFollowing || isSealed) return;
    await state.changedSince(version, signal);
    assertExists(state);
  }
}

/** Lines as they come, from those already there to the end of the log. */
export async function* followLines(
  state: LogState,
  request: FollowLog,
  { clock, signal, view }: { clock: Clock; signal: AbortSignal; view: LineView },
): AsyncGenerator<LogBatch> {
  if (!(await waitForLog(state, signal))) return;
  const after = afterLineOf(request, state.lineCount);
  const { mostLines, gatherMs } = paceOf(request);
  await using source = new MovableSource(state);
  const begin = await source.moveTo(Math.max(after, state.lineCount - mostLines));
  const follower = new Follower(state, { begin, after, mostLines, view });
  while (!signal.aborted) {
    const { version, committedBytes, isSealed } = state;
    if (follower.isFarBehind) follower.jump(await source.moveTo(state.lineCount - mostLines));
    const pieces = await source.read();
    yield* follower.fullBatches(pieces, signal);
    if (pieces.length > 0) continue;
    // Nothing was added since we looked, so the end that was seen is behind everything that was read.
    const isUnchanged = state.committedBytes === committedBytes && state.version === version;
    const batch = follower.takeRest(isSealed && isUnchanged);
    if (batch !== null) yield batch;
    if (batch?.isEnd === true) return;
    await nextBurst(state, { version, clock, signal, gatherMs });
  }
}

function paceOf({ mostLines }: FollowLog): { mostLines: number; gatherMs: number } {
  if (mostLines === undefined) return { mostLines: Number.POSITIVE_INFINITY, gatherMs: GATHER_MS };
  return { mostLines, gatherMs: TAIL_GATHER_MS };
}

/** A source that can be put to another line. */
class MovableSource {
  readonly #state: LogState;
  #source: PieceSource | null = null;

  constructor(state: LogState) {
    this.#state = state;
  }

  /** Goes on where the line behind `before` is completed; says where a reader stands there. */
  async moveTo(before: number): Promise<PieceState> {
    await this[Symbol.asyncDispose]();
    this.#source = new PieceSource(this.#state, blockOfLine(this.#state, before + 1));
    return await this.#source.begin();
  }

  async read(): Promise<readonly LogPiece[]> {
    return (await this.#source?.read()) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source?.[Symbol.asyncDispose]();
    this.#source = null;
  }
}

/** Waits until something comes, and then for what comes with it. */
async function nextBurst(
  state: LogState,
  {
    version,
    clock,
    signal,
    gatherMs,
  }: { version: number; clock: Clock; signal: AbortSignal; gatherMs: number },
): Promise<void> {
  await state.changedSince(version, signal);
  assertExists(state);
  if (!state.isSealed && !signal.aborted) await gather(clock, signal, gatherMs);
}

/** Gathers lines into batches for one follower. */
class Follower {
  readonly #state: LogState;
  readonly #after: number;
  readonly #mostLines: number;
  readonly #view: LineView;
  #splitter: PieceSplitter;
  #lines: LogLine[] = [];
  #chars = 0;
  #lastPartials: string | null = null;

  constructor(
    state: LogState,
    {
      begin,
      after,
      mostLines,
      view,
    }: { begin: PieceState; after: number; mostLines: number; view: LineView },
  ) {
    this.#state = state;
    this.#splitter = new PieceSplitter(begin);
    this.#after = after;
    this.#mostLines = mostLines;
    this.#view = view;
  }

  /** So far that reading on would take longer than reading the end alone. */
  get isFarBehind(): boolean {
    return this.#state.lineCount - this.#splitter.lineCount > this.#mostLines + JUMP_LINES;
  }

  /** Leaves out what lies before `begin`. */
  jump(begin: PieceState): void {
    this.#splitter = new PieceSplitter(begin);
    this.#lines = [];
  }

  /** Takes the pieces in; what fills whole batches comes out. */
  *fullBatches(pieces: readonly LogPiece[], signal: AbortSignal): Generator<LogBatch> {
    for (const piece of pieces) {
      if (piece.kind === "bytes") this.#view.lookAt(piece.payload);
      const after = Math.max(this.#after, this.#state.lineCount - this.#mostLines);
      this.#splitter.feed(piece, (line) => {
        if (line.number > after) this.#lines.push(this.#view.lineOf(line));
      });
      if (this.#lines.length > this.#mostLines) this.#lines = this.#lines.slice(-this.#mostLines);
      for (let batch = this.#takeFull(); batch !== null && !signal.aborted; batch = this.#takeFull())
        yield batch;
    }
  }

  /** A full batch, or null when there are not enough lines for one. */
  #takeFull(): LogBatch | null {
    this.#chars = 0;
    const end = this.#lines.findIndex(({ text }, index) => {
      this.#chars += text.length;
      return index + 1 > BATCH_LINES || (index > 0 && this.#chars > BATCH_CHARS);
    });
    if (end === -1) return null;
    return {
      lines: this.#lines.splice(0, end),
      partials: [],
      lineCount: this.#state.lineCount,
      isEnd: false,
    };
  }

  /** What is there when everything stored was read; null when nothing is new. */
  takeRest(isEnd: boolean): LogBatch | null {
    const partials = this.#splitter.openLines().map((line) => this.#view.partialOf(line));
    const seen = JSON.stringify(partials);
    if (this.#lines.length === 0 && !isEnd && seen === this.#lastPartials) return null;
    this.#lastPartials = seen;
    const lines = this.#lines;
    this.#lines = [];
    return { lines, partials, lineCount: this.#state.lineCount, isEnd };
  }
}

function afterLineOf({ lastEventId, afterLine }: FollowLog, lineCount: number): number {
  const resumed = lastEventId === undefined || lastEventId === "" ? Number.NaN : Number(lastEventId);
  if (Number.isSafeInteger(resumed) && resumed >= 0) return resumed;
  return afterLine < 0 ? Math.max(0, lineCount + afterLine) : afterLine;
}

/** False when `signal` aborted first. */
async function waitForLog(state: LogState, signal: AbortSignal): Promise<boolean> {
  while (!state.exists && !signal.aborted) await state.changedSince(state.version, signal);
  return !signal.aborted;
}

function assertExists(state: LogState): void {
  if (!state.exists) throw notFound(state);
}

/** Waits a moment, so that what comes in one burst is handed over together. */
export async function gather(clock: Clock, signal: AbortSignal, gatherMs = GATHER_MS): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      timer.cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.after(gatherMs, done);
    signal.addEventListener("abort", done);
  });
}
