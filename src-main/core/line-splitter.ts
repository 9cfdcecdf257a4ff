import { LINE_TEXT_LIMIT, type LogStream, type OutputGap } from "#contract/log.ts";

/** Bytes that always suffice for the characters a view takes: no character takes more than three per UTF-16 unit. */
export const LINE_HEAD_LIMIT_BYTES = LINE_TEXT_LIMIT * 3 + 3;

const LINE_FEED = 10;
const STREAMS = ["stdout", "stderr"] as const satisfies readonly LogStream[];
const NO_BYTES = new Uint8Array(0);

/** A complete line. `bytes` is valid only during the call that hands it over. */
export interface SplitLine {
  readonly number: number;
  readonly stream: LogStream;
  readonly atMs: number;
  /** The line's bytes without its line feed, at most `LINE_HEAD_LIMIT_BYTES` of them. */
  readonly bytes: Uint8Array;
  /** How many bytes the line has. */
  readonly sizeBytes: number;
  /** False when the log ended, or was damaged, before the line feed came. */
  readonly isTerminated: boolean;
  /** The line is the store's own and stands for missing output. */
  readonly gap?: OutputGap;
}

/** The unfinished line of one stream. */
export interface OpenLine {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  readonly atMs: number;
}

/** Where a splitter stands; a new one continues from it. */
export interface SplitterState {
  readonly lineCount: number;
  readonly stdout: OpenLine;
  readonly stderr: OpenLine;
}

const NOTHING_OPEN: OpenLine = { bytes: NO_BYTES, sizeBytes: 0, atMs: 0 };
export const SPLITTER_START: SplitterState = { lineCount: 0, stdout: NOTHING_OPEN, stderr: NOTHING_OPEN };

export type OnLine = (line: SplitLine) => void;

/**
 * Turns the chunks of both streams into lines with one numbering, in the order in which lines are completed.
 *
 * The same chunks give the same numbers, whoever splits them and wherever it begins. A line of any length takes
 * at most `LINE_HEAD_LIMIT_BYTES` of memory per stream.
 */
export class LineSplitter {
  readonly #open: Record<LogStream, OpenBuffer>;
  #lineCount: number;

  constructor(state: SplitterState = SPLITTER_START) {
    this.#lineCount = state.lineCount;
    this.#open = { stdout: new OpenBuffer(state.stdout), stderr: new OpenBuffer(state.stderr) };
  }

  /** Complete lines so far. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** Takes one chunk. Without `onLine` it only counts, which is faster. */
  push(chunk: { stream: LogStream; payload: Uint8Array; atMs: number }, onLine?: OnLine): void {
    const { stream, payload, atMs } = chunk;
    const open = this.#open[stream];
    let from = 0;
    let end = payload.indexOf(LINE_FEED);
    while (end !== -1) {
      this.#lineCount += 1;
      if (onLine !== undefined) {
        const line =
          open.sizeBytes === 0 ? whole(payload, from, end) : open.with(payload.subarray(from, end));
        onLine({ number: this.#lineCount, stream, atMs, ...line, isTerminated: true });
      }
      if (open.sizeBytes > 0) open.clear();
      from = end + 1;
      end = payload.indexOf(LINE_FEED, from);
    }
    if (from < payload.length) open.add(payload.subarray(from), atMs);
  }

  /** Completes what is unfinished, standard output first: the log is at its end. */
  finish(onLine?: OnLine): void {
    for (const stream of STREAMS) {
      const open = this.#open[stream];
      if (open.sizeBytes === 0) continue;
      this.#lineCount += 1;
      const { bytes, sizeBytes, atMs } = open;
      onLine?.({ number: this.#lineCount, stream, atMs, bytes, sizeBytes, isTerminated: false });
      open.clear();
    }
  }

  /** Puts a line of the store's own between the lines. Unfinished lines end before it. */
  interject(line: Pick<SplitLine, "stream" | "bytes" | "atMs" | "gap">, onLine?: OnLine): void {
    this.finish(onLine);
    this.#lineCount += 1;
    onLine?.({ number: this.#lineCount, ...line, sizeBytes: line.bytes.length, isTerminated: true });
  }

  /** Unfinished lines as they are; copies. */
  openLines(): readonly (OpenLine & { readonly stream: LogStream })[] {
    return STREAMS.filter((stream) => this.#open[stream].sizeBytes > 0).map((stream) => ({
      stream,
      ...this.#open[stream].copy(),
    }));
  }

  /** A copy of where it stands. */
  state(): SplitterState {
    return {
      lineCount: this.#lineCount,
      stdout: this.#open.stdout.copy(),
      stderr: this.#open.stderr.copy(),
    };
  }
}

function whole(payload: Uint8Array, from: number, end: number): { bytes: Uint8Array; sizeBytes: number } {
  const head = Math.min(end, from + LINE_HEAD_LIMIT_BYTES);
  return { bytes: payload.subarray(from, head), sizeBytes: end - from };
}

/** The bytes of an unfinished line: its beginning is kept, the rest only counted. */
class OpenBuffer {
  #buffer: Uint8Array;
  #kept: number;
  /** Bytes up to here may be in a copy that somebody holds, so this buffer is not written to before a change. */
  #isShared = true;
  #sizeBytes: number;
  #atMs: number;

  constructor({ bytes, sizeBytes, atMs }: OpenLine) {
    this.#buffer = bytes;
    this.#kept = bytes.length;
    this.#sizeBytes = sizeBytes;
    this.#atMs = atMs;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get atMs(): number {
    return this.#atMs;
  }

  /** A view of what is kept. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#kept);
  }

  add(bytes: Uint8Array, atMs: number): void {
    this.#sizeBytes += bytes.length;
    this.#atMs = atMs;
    const taken = bytes.subarray(0, LINE_HEAD_LIMIT_BYTES - this.#kept);
    if (taken.length === 0) return;
    this.#makeRoom(this.#kept + taken.length);
    this.#buffer.set(taken, this.#kept);
    this.#kept += taken.length;
  }

  /** The line that ends with `rest`. */
  with(rest: Uint8Array): { bytes: Uint8Array; sizeBytes: number } {
    this.add(rest, this.#atMs);
    return { bytes: this.bytes, sizeBytes: this.#sizeBytes };
  }

  clear(): void {
    if (this.#isShared) this.#buffer = NO_BYTES;
    this.#kept = 0;
    this.#sizeBytes = 0;
  }

  copy(): OpenLine {
    if (this.#sizeBytes === 0) return NOTHING_OPEN;
    const isFull = this.#kept === LINE_HEAD_LIMIT_BYTES;
    // A full buffer is not written to until the line ends, so every copy of one long line can share it.
    if (isFull) this.#isShared = true;
    const bytes = isFull ? this.bytes : this.#buffer.slice(0, this.#kept);
    return { bytes, sizeBytes: this.#sizeBytes, atMs: this.#atMs };
  }

  #makeRoom(wanted: number): void {
    if (wanted <= this.#buffer.length && !this.#isShared) return;
    const size = Math.min(LINE_HEAD_LIMIT_BYTES, Math.max(wanted, this.#kept * 2, 256));
    const larger = new Uint8Array(size);
    larger.set(this.bytes);
    this.#buffer = larger;
    this.#isShared = false;
  }
}
