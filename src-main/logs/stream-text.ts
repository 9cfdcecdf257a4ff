import { isAscii, isUtf8 } from "node:buffer";
import type { LogStream, OutputGap } from "#contract/log.ts";
import type { LogBlock } from "#core/log-block.ts";
import type { CodePage, LineReading } from "#core/log-encoding.ts";
import { wholeCharacters } from "#core/utf8-edges.ts";
import { decodeLine, decodePage, isSurelyNarrow } from "./line-text.ts";

const LINE_FEED = 10;
const LINE_FEED_BYTES = Buffer.from("\n");
const STREAMS = ["stdout", "stderr"] as const satisfies readonly LogStream[];

/** From `at` on, the lines of a stream's text follow each other in number. */
interface Run {
  readonly at: number;
  /** Lines of the log completed before the first one that ends behind `at`. */
  readonly linesBefore: number;
}

/** When the bytes from `at` on arrived. */
interface Arrival {
  readonly at: number;
  readonly atMs: number;
}

/** Where output is missing in a block, as a line of the store's own. */
export interface BlockGap {
  readonly number: number;
  readonly atMs: number;
  readonly gap: OutputGap;
}

/** What one stream printed in a block, beginning with what its unfinished line held before. */
export class StreamText {
  readonly stream: LogStream;
  readonly bytes: Buffer;
  /** The unfinished line at the beginning is longer than what is here of it. */
  readonly isCutAtStart: boolean;
  readonly #runs: readonly Run[];
  readonly #arrivals: readonly Arrival[];
  /** Counting goes on from here. */
  #counted = { run: -1, to: 0, lines: 0 };

  constructor(parts: {
    stream: LogStream;
    bytes: Buffer;
    isCutAtStart: boolean;
    runs: readonly Run[];
    arrivals: readonly Arrival[];
  }) {
    this.stream = parts.stream;
    this.bytes = parts.bytes;
    this.isCutAtStart = parts.isCutAtStart;
    this.#runs = parts.runs;
    this.#arrivals = parts.arrivals;
  }

  /** Number and time of the line whose line feed is at `end`. Asked in ascending order. */
  lineEndingAt(end: number): { number: number; atMs: number } {
    const index = lastBefore(this.#runs, end);
    const run = this.#runs[index] ?? { at: 0, linesBefore: 0 };
    if (this.#counted.run !== index) this.#counted = { run: index, to: run.at, lines: 0 };
    let { to, lines } = this.#counted;
    for (let at = this.bytes.indexOf(LINE_FEED, to); at !== -1 && at <= end; ) {
      lines += 1;
      to = at + 1;
      at = this.bytes.indexOf(LINE_FEED, to);
    }
    this.#counted = { run: index, to, lines };
    const arrival = this.#arrivals[lastBefore(this.#arrivals, end)];
    return { number: run.linesBefore + lines, atMs: arrival?.atMs ?? 0 };
  }

  /**
   * The text as it is shown, in UTF-8: broken characters are replacement characters in it. Lines end at other places
   * but in the same order. The bytes themselves where they are good UTF-8.
   */
  inUtf8(reading: LineReading): { bytes: Buffer; lineEnd: (end: number) => number } {
    const whole = wholeCharacters(this.bytes);
    if (isUtf8(whole) && (reading.wide === null || isSurelyNarrow(whole)))
      return { bytes: whole, lineEnd: (end) => end };
    const bytes = Buffer.from(this.#shown(whole, reading));
    return { bytes, lineEnd: createEndFinder(bytes, this.bytes) };
  }

  #shown(whole: Buffer, reading: LineReading): string {
    const { page, wide } = reading;
    if (wide !== null)
      return linesOf(this.bytes)
        .map((line) => decodeLine(line, reading))
        .join("\n");
    // A line feed ends a broken character, so all lines at once give the same as each alone.
    return page === null ? whole.toString("utf8") : this.#inCodePage(linesOf(this.bytes), page);
  }

  /** Lines that are not good UTF-8 are decoded together with their neighbours, which is much faster. */
  #inCodePage(lines: readonly Buffer[], page: CodePage): string {
    const parts: string[] = [];
    let [from, at] = [0, 0];
    for (const line of lines) {
      const end = Math.min(at + line.length + 1, this.bytes.length);
      if (!isAscii(line) && isUtf8(line)) {
        parts.push(decodePage(this.bytes.subarray(from, at), page), this.bytes.toString("utf8", at, end));
        from = end;
      }
      at = end;
    }
    parts.push(decodePage(this.bytes.subarray(from), page));
    return parts.join("");
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...lines, bytes.subarray(from)];
}

/** The place of the n-th line feed of one text, found by the place of the n-th one of another. Ascending. */
function createEndFinder(from: Buffer, to: Buffer): (end: number) => number {
  let source = -1;
  let target = -1;
  return (end) => {
    while (source < end) {
      source = from.indexOf(LINE_FEED, source + 1);
      target = to.indexOf(LINE_FEED, target + 1);
      if (source === -1 || target === -1) return to.length;
    }
    return target;
  };
}

function lastBefore(places: readonly { readonly at: number }[], position: number): number {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((places[middle]?.at ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Ends of long lines that began before a block, by stream. */
export type Tails = Record<LogStream, Buffer>;

/** A block's text by stream, and the gaps in it. */
export function streamTextsOf(
  block: LogBlock,
  tails: Tails,
): { texts: readonly StreamText[]; gaps: readonly BlockGap[] } {
  const single = singleStreamOf(block);
  if (single === null) return mixedTexts(block, tails);
  const { lineCount } = block.carry.splitter;
  const start = beginningOf(block, { stream: single, tails });
  const arrivals: Arrival[] = [];
  let at = start.bytes.length;
  for (const entry of block.entries) {
    arrivals.push({ at, atMs: entry.atMs });
    at += "sizeBytes" in entry ? entry.sizeBytes : 0;
  }
  const payload = asBuffer(block.payload);
  const bytes = start.bytes.length === 0 ? payload : Buffer.concat([start.bytes, payload]);
  const runs = [{ at: 0, linesBefore: lineCount }];
  const { isCutAtStart } = start;
  return { texts: [new StreamText({ stream: single, bytes, isCutAtStart, runs, arrivals })], gaps: [] };
}

/** The only stream of a block that needs no sorting out; null for any other. */
function singleStreamOf({ carry, entries }: LogBlock): LogStream | null {
  const stream = entries[0]?.kind;
  if (stream !== "stdout" && stream !== "stderr") return null;
  if (entries.some(({ kind }) => kind !== stream)) return null;
  const other = stream === "stdout" ? carry.splitter.stderr : carry.splitter.stdout;
  return other.sizeBytes === 0 ? stream : null;
}

function beginningOf({ carry }: LogBlock, { stream, tails }: { stream: LogStream; tails: Tails }) {
  const open = carry.splitter[stream];
  if (open.sizeBytes === open.bytes.length) return { isCutAtStart: false, bytes: asBuffer(open.bytes) };
  const tail = tails[stream];
  return { isCutAtStart: tail.length < open.sizeBytes, bytes: tail };
}

class Gathering {
  readonly parts: Buffer[];
  readonly runs: Run[] = [];
  readonly arrivals: Arrival[] = [];
  length: number;
  isOpen: boolean;

  constructor(start: Buffer, isOpen: boolean) {
    this.parts = [start];
    this.length = start.length;
    this.isOpen = isOpen;
  }

  /** Returns how many lines ended. */
  add(bytes: Buffer, { atMs, linesBefore }: { atMs: number; linesBefore: number }): number {
    if (bytes.length === 0) return 0;
    this.runs.push({ at: this.length, linesBefore });
    this.arrivals.push({ at: this.length, atMs });
    this.parts.push(bytes);
    this.length += bytes.length;
    this.isOpen = bytes.at(-1) !== LINE_FEED;
    let lines = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
    return lines;
  }
}

function mixedTexts(block: LogBlock, tails: Tails) {
  const starts = {
    stdout: beginningOf(block, { stream: "stdout", tails }),
    stderr: beginningOf(block, { stream: "stderr", tails }),
  };
  const gathered = {
    stdout: new Gathering(starts.stdout.bytes, block.carry.splitter.stdout.sizeBytes > 0),
    stderr: new Gathering(starts.stderr.bytes, block.carry.splitter.stderr.sizeBytes > 0),
  };
  const gaps: BlockGap[] = [];
  let lines = block.carry.splitter.lineCount;
  let at = 0;
  for (const entry of block.entries) {
    const { atMs } = entry;
    if (entry.kind === "stdout" || entry.kind === "stderr") {
      const bytes = asBuffer(block.payload.subarray(at, at + entry.sizeBytes));
      at += entry.sizeBytes;
      lines += gathered[entry.kind].add(bytes, { atMs, linesBefore: lines });
      continue;
    }
    // Unfinished lines end here, standard output first, as the splitter does it.
    for (const stream of STREAMS) {
      if (gathered[stream].isOpen)
        lines += gathered[stream].add(LINE_FEED_BYTES, { atMs, linesBefore: lines });
    }
    if (entry.kind !== "missing") continue;
    lines += 1;
    gaps.push({ number: lines, atMs, gap: entry.gap });
  }
  const texts = STREAMS.filter((stream) => gathered[stream].length > 0).map((stream) => {
    const { parts, runs, arrivals } = gathered[stream];
    const { isCutAtStart } = starts[stream];
    return new StreamText({ stream, bytes: Buffer.concat(parts), isCutAtStart, runs, arrivals });
  });
  return { texts, gaps };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
