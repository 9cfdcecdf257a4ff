import type { LogEncoding, LogLine, LogStream, OutputGap } from "#contract/log.ts";
import type { LogBlock } from "#core/log-block.ts";
import { type LineReading, readingOf } from "#core/log-encoding.ts";
import { fieldOf, understandLine } from "#core/log-line/understand-line.ts";
import { gapLine } from "#core/output-gap.ts";
import { isInsideCharacter } from "#core/utf8-edges.ts";
import { BLOCK_BYTES } from "./block-ref.ts";
import { createTextTest, type LineFinder } from "./line-finder.ts";
import { LineView } from "./line-text.ts";
import { lostGap } from "./log-piece.ts";
import type { BlockFound, FoundLine, KnownBlock, LineWish, SearchJob } from "./search-job.ts";
import { type BlockGap, type StreamText, streamTextsOf, type Tails } from "./stream-text.ts";

const LINE_FEED = 10;
const LINE_FEED_BYTES = Buffer.from("\n");
/** A line up to this length is looked at whole, wherever it is cut in two. */
const TAIL_BYTES = BLOCK_BYTES;
const NO_BYTES = Buffer.alloc(0);
/** Bytes of a line that are looked at for its level and fields, and shown. */
const HEAD_BYTES = 64 * 1024;

/** Goes through blocks in order and remembers the ends of long lines between them. */
export class BlockSearch {
  /** What was found in the bytes so far. */
  found: LineReading;
  readonly #encoding: LogEncoding | null;
  readonly #wish: LineWish;
  readonly #finder: LineFinder;
  readonly #also: readonly ((text: string) => boolean)[];
  readonly #view: LineView;
  #tails: Tails = { stdout: NO_BYTES, stderr: NO_BYTES };
  #kept = 0;

  constructor({ wish, encoding, found }: Pick<SearchJob, "wish" | "encoding" | "found">, finder: LineFinder) {
    this.#wish = wish;
    this.#finder = finder;
    this.#also = wish.also.map(createTextTest);
    this.#encoding = encoding;
    this.found = found;
    this.#view = new LineView({ encoding, hasDetails: wish.hasDetails, memory: this });
  }

  /** Looks only at where lines go on behind the block. */
  remember(block: LogBlock | null): void {
    if (block === null) return;
    for (const text of streamTextsOf(block, this.#tails).texts) this.#keepTail(text);
  }

  /** A block, or what is known of one that is damaged. */
  block(block: LogBlock | KnownBlock): BlockFound {
    const openHits = { stdout: false, stderr: false };
    const longEnds: Record<LogStream, FoundLine | null> = { stdout: null, stderr: null };
    const hasEnded = { stdout: false, stderr: false };
    const hits: FoundLine[] = [];
    let count = 0;
    const take = (hit: FoundLine) => {
      count += 1;
      if (this.#kept >= this.#wish.limit) return;
      this.#kept += 1;
      hits.push(hit);
    };
    if (!("payload" in block)) {
      this.#searchGaps(lostGapsOf(block), take);
      return { hits, count, openHits, longEnds, hasEnded };
    }
    this.#view.lookAt(block.payload);
    const { texts, gaps } = streamTextsOf(block, this.#tails);
    for (const text of texts) {
      const { stream } = text;
      const firstEnd = text.bytes.indexOf(LINE_FEED);
      hasEnded[stream] = firstEnd !== -1;
      if (text.isCutAtStart && firstEnd !== -1) {
        const head = Buffer.from(block.carry.splitter[stream].bytes);
        longEnds[stream] = this.#judged(text, { line: head, end: firstEnd, isCut: true });
      }
      const { isOpenHit, isLongHit } = this.#searchText(text, take);
      openHits[stream] = isOpenHit;
      const long = longEnds[stream];
      if (isLongHit && long !== null) {
        take(long);
        longEnds[stream] = null;
      }
      this.#keepTail(text);
    }
    this.#searchGaps(gaps, take);
    hits.sort((a, b) => a.number - b.number);
    return { hits, count, openHits, longEnds, hasEnded };
  }

  #searchGaps(gaps: readonly BlockGap[], take: (hit: FoundLine) => void): void {
    for (const { number, atMs, gap } of gaps) {
      const line = Buffer.from(gapLine(gap));
      this.#finder.take(Buffer.concat([line, LINE_FEED_BYTES]), false);
      if (this.#finder.next(0) === -1) continue;
      const hit = this.#fitting({ stream: "stderr", number, atMs }, { line, isCut: false, gap });
      if (hit !== null) take(hit);
    }
  }

  /** Says whether the unfinished line at the end holds the text, and whether the long one at the beginning does. */
  #searchText(text: StreamText, take: (hit: FoundLine) => void): { isOpenHit: boolean; isLongHit: boolean } {
    const { bytes, lineEnd } = text.inUtf8(this.#encoding === null ? this.found : readingOf(this.#encoding));
    this.#finder.take(bytes, text.isCutAtStart);
    let isLongHit = false;
    let from = 0;
    for (let at = this.#finder.next(from); at !== -1; at = this.#finder.next(from)) {
      const end = bytes.indexOf(LINE_FEED, at);
      if (end === -1) return { isOpenHit: true, isLongHit };
      const start = at === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
      const storedEnd = lineEnd(end);
      const storedStart = storedEnd === 0 ? 0 : text.bytes.lastIndexOf(LINE_FEED, storedEnd - 1) + 1;
      from = end + 1;
      // A line cut at the beginning is judged by its head.
      if (text.isCutAtStart && start === 0) {
        isLongHit = true;
        continue;
      }
      const hit = this.#judged(text, {
        line: text.bytes.subarray(storedStart, storedEnd),
        end: storedEnd,
        isCut: false,
      });
      if (hit !== null) take(hit);
    }
    return { isOpenHit: false, isLongHit };
  }

  #judged(text: StreamText, { line, end, isCut }: { line: Buffer; end: number; isCut: boolean }) {
    return this.#fitting({ stream: text.stream, ...text.lineEndingAt(end) }, { line, isCut });
  }

  /** The line as a hit, when everything but its text fits as well. */
  #fitting(
    { stream, number, atMs }: { stream: LogStream; number: number; atMs: number },
    { line, isCut, gap }: { line: Buffer; isCut: boolean; gap?: OutputGap },
  ): FoundLine | null {
    const { levels, fields, also, hasLines } = this.#wish;
    if (!this.#isInRange({ stream, number, atMs })) return null;
    const needsText = hasLines || levels !== null || fields.length > 0 || also.length > 0;
    if (!needsText) return { number, atMs, line: null };
    const bytes = line.subarray(0, HEAD_BYTES);
    const sizeBytes = isCut ? line.length + 1 : line.length;
    const split = { number, stream, atMs, bytes, sizeBytes, isTerminated: true };
    const shown = this.#view.lineOf(gap === undefined ? split : { ...split, gap });
    return this.#hasWhatIsAsked(shown) ? { number, atMs, line: hasLines ? shown : null } : null;
  }

  #isInRange({ stream, number, atMs }: { stream: LogStream; number: number; atMs: number }): boolean {
    const { streams, fromLine, toLine, sinceMs, untilMs } = this.#wish;
    if (number < fromLine || number > toLine) return false;
    if ((sinceMs !== null && atMs < sinceMs) || (untilMs !== null && atMs >= untilMs)) return false;
    return streams === null || streams.includes(stream);
  }

  #hasWhatIsAsked(line: LogLine): boolean {
    const { levels, fields } = this.#wish;
    if (!this.#also.every((fits) => fits(line.text))) return false;
    if (levels === null && fields.length === 0) return true;
    const details = line.details ?? understandLine(line.text);
    if (levels !== null && (details.level === null || !levels.includes(details.level))) return false;
    return fields.every(({ name, value }) => fieldOf(details, name) === value);
  }

  #keepTail({ stream, bytes }: StreamText): void {
    let start = bytes.lastIndexOf(LINE_FEED) + 1;
    if (start < bytes.length - TAIL_BYTES) {
      start = bytes.length - TAIL_BYTES;
      // Half a character would be shown as a broken one.
      while (isInsideCharacter(bytes[start] ?? 0) && start > bytes.length - TAIL_BYTES - 3) start -= 1;
    }
    this.#tails[stream] = Buffer.from(bytes.subarray(start));
  }
}

/** A damaged block is one line to a search, however many it had. */
function lostGapsOf(known: KnownBlock): readonly BlockGap[] {
  const { lastAtMs: atMs, lineCount, linesBefore } = known;
  return lineCount === 0 ? [] : [{ number: linesBefore + 1, atMs, gap: lostGap(known) }];
}
