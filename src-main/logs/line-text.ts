import { isUtf8 } from "node:buffer";
import { LINE_TEXT_LIMIT, type LogEncoding, type LogLine, type PartialLine } from "#contract/log.ts";
import type { OpenLine, SplitLine } from "#core/line-splitter.ts";
import {
  type CodePage,
  countUpperHalves,
  guessCodePage,
  guessWideEncoding,
  type LineReading,
  readingOf,
  SAMPLE_BYTES,
  UPPER_HALVES,
  type WideEncoding,
} from "#core/log-encoding.ts";
import { understandLine } from "#core/log-line/understand-line.ts";
import { wholeCharacters } from "#core/utf8-edges.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Where the way of reading is remembered that was found in a log's bytes. */
export interface FoundReading {
  found: LineReading;
}
/** Until bytes were seen that are no UTF-8. */
export const NOTHING_FOUND: LineReading = { wide: null, page: null };

export interface LineViewOptions {
  /** Chosen by a person; null to find it out. */
  readonly encoding: LogEncoding | null;
  readonly hasDetails: boolean;
  readonly memory: FoundReading;
}

/** Makes what a view shows out of split lines. */
export class LineView {
  readonly #options: LineViewOptions;

  constructor(options: LineViewOptions) {
    this.#options = options;
  }

  /** Shows bytes around the next lines, from which an encoding can be told. */
  lookAt(bytes: Uint8Array): void {
    const { encoding, memory } = this.#options;
    const { page, wide } = memory.found;
    if (encoding !== null || (page !== null && wide !== null)) return;
    const hasZeros = bytes.includes(0);
    const isForeign = !isUtf8(bytes);
    if (!isForeign && !hasZeros) return;
    memory.found = {
      wide: wide ?? guessWideEncoding(bytes.subarray(firstForeign(bytes, hasZeros ? hasZero : isNoUtf8))),
      page: page ?? (isForeign ? guessCodePage(pageLines(bytes)) : null),
    };
  }

  lineOf(line: SplitLine): LogLine {
    const { atMs, gap, number, stream } = line;
    // Of the store's own lines no program chose the encoding.
    if (gap !== undefined) return this.#withDetails({ number, stream, atMs, ...ownText(line), gap });
    return this.#withDetails({ number, stream, atMs, ...this.#textOf(line) });
  }

  #withDetails(shown: LogLine): LogLine {
    const { text } = shown;
    return this.#options.hasDetails ? { ...shown, details: understandLine(text) } : shown;
  }

  partialOf(line: OpenLine & { stream: PartialLine["stream"] }): PartialLine {
    const { text } = this.#textOf({ ...line, isTerminated: false });
    return { stream: line.stream, text };
  }

  #textOf({ bytes, sizeBytes, isTerminated }: Pick<SplitLine, "bytes" | "sizeBytes" | "isTerminated">): {
    text: string;
    isCut: boolean;
  } {
    const isWhole = bytes.length === sizeBytes;
    const { encoding, memory } = this.#options;
    const decoded = decodeLine(bytes, encoding === null ? memory.found : readingOf(encoding));
    // CR LF is one line end.
    const text = isTerminated && isWhole ? withoutReturn(decoded) : decoded;
    if (isWhole && text.length <= LINE_TEXT_LIMIT) return { text, isCut: false };
    return { text: text.slice(0, cutPosition(text)), isCut: true };
  }
}

/** Of a line before the first foreign one, more than this says nothing. */
const NEIGHBOUR_BYTES = 4 * 1024;

function hasZero(line: Uint8Array): boolean {
  return line.includes(0);
}

function isNoUtf8(line: Uint8Array): boolean {
  return !isUtf8(line);
}

/**
 * Lines that a code page could be told from. Those with zeros are none: no code page has them, and UTF-16 leaves half a
 * line feed with each of its lines or the next one.
 */
function pageLines(bytes: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = [];
  let size = 0;
  for (let from = 0; from < bytes.length && size < SAMPLE_BYTES; ) {
    const next = bytes.indexOf(LINE_FEED, from);
    const end = next === -1 ? bytes.length : next + 1;
    const line = bytes.subarray(from, end);
    from = end;
    if (hasZero(line) || isUtf8(line)) continue;
    lines.push(line);
    size += line.length;
  }
  return Buffer.concat(lines);
}

/**
 * Where the first line begins that is of another kind, and with it the one before: what stands before them says
 * nothing, however much it is. A first line of UTF-16 can look like good UTF-8 without zeros; the second cannot.
 */
function firstForeign(bytes: Uint8Array, isOther: (line: Uint8Array) => boolean): number {
  let from = 0;
  while (from < bytes.length) {
    const at = firstTelling(bytes, from);
    const start = bytes.lastIndexOf(LINE_FEED, at) + 1;
    const end = bytes.indexOf(LINE_FEED, at);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (isOther(line)) {
      const before = start < 2 ? 0 : bytes.lastIndexOf(LINE_FEED, start - 2) + 1;
      return start - before > NEIGHBOUR_BYTES ? start : before;
    }
    from = start + line.length + 1;
  }
  return 0;
}

/** The next byte that is no plain character. */
function firstTelling(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length - 1 && bytes[at] !== 0 && (bytes[at] as number) < 0x80) at += 1;
  return at;
}

function ownText({ bytes }: SplitLine): { text: string; isCut: boolean } {
  return { text: Buffer.from(bytes).toString("latin1"), isCut: false };
}

type Decoder = InstanceType<typeof TextDecoder>;
const DECODERS = new Map<LogEncoding, Decoder>();

/** More of a line tells nothing new about it. */
const TELLING_BYTES = 1024;

/**
 * The text of a line. Its bytes were split at line feed bytes, which cut UTF-16 units in half. Whatever was found or
 * chosen, a line that is good UTF-8 is read as that: programs of several kinds print into one log.
 */
export function decodeLine(bytes: Uint8Array, { page, wide }: LineReading): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (wide === null) return page === null ? buffer.toString("utf8") : decodeNarrow(buffer, page);
  const text = withoutHalf(buffer, wide);
  if (isNarrow(text, wide)) return text.toString("utf8");
  if (page !== null && !isLikeWide(text, wide)) return decodeNarrow(text, page);
  return decoderOf(wide).decode(buffer.length % 2 === 0 ? buffer : text);
}

function decodeNarrow(bytes: Buffer, page: CodePage): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : decodePage(bytes, page);
}

/** The text of bytes of a code page, whatever else they could be. */
export function decodePage(bytes: Uint8Array, page: CodePage): string {
  return decoderOf(page).decode(bytes);
}

/** Whether a line in a log that also has a code page is UTF-16: no text of a code page has so small bytes. */
function isLikeWide(bytes: Buffer, wide: WideEncoding): boolean {
  const head = bytes.subarray(0, TELLING_BYTES);
  return countUpperHalves(head, wide) * 4 >= head.length;
}

/** Whether a line of a log in UTF-16 is not UTF-16 itself. */
function isNarrow(bytes: Buffer, encoding: WideEncoding): boolean {
  const head = wholeCharacters(bytes.subarray(0, TELLING_BYTES));
  if (head.includes(0) || !isUtf8(head)) return false;
  return countUpperHalves(head, encoding) * 4 < head.length;
}

/** Whether good UTF-8 has no line that could be UTF-16. */
export function isSurelyNarrow(bytes: Buffer): boolean {
  return UPPER_HALVES.every((byte) => !bytes.includes(byte));
}

function decoderOf(encoding: LogEncoding): Decoder {
  const decoder = DECODERS.get(encoding) ?? new TextDecoder(encoding);
  DECODERS.set(encoding, decoder);
  return decoder;
}

/** Without the half of a line feed that the split left: before a little-endian line, behind a big-endian one. */
function withoutHalf(bytes: Buffer, encoding: WideEncoding): Buffer {
  if (encoding === "utf-16le") return bytes[0] === 0 ? bytes.subarray(1) : bytes;
  return bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
}

function withoutReturn(text: string): string {
  return text.charCodeAt(text.length - 1) === CARRIAGE_RETURN ? text.slice(0, -1) : text;
}

/** Never between the two halves of one character. */
function cutPosition(text: string): number {
  const last = text.charCodeAt(LINE_TEXT_LIMIT - 1);
  return last >= 0xd800 && last <= 0xdbff ? LINE_TEXT_LIMIT - 1 : LINE_TEXT_LIMIT;
}
