import { isUtf8 } from "node:buffer";
import { LINE_TEXT_LIMIT, type LogEncoding, type LogLine, type PartialLine } from "#contract/log.ts";
import type { OpenLine, SplitLine } from "#core/line-splitter.ts";
import { countUpperHalves, guessEncoding, UPPER_HALVES } from "#core/log-encoding.ts";
import { understandLine } from "#core/log-line/understand-line.ts";
import { wholeCharacters } from "#core/utf8-edges.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Where the encoding that was found in a log's bytes is remembered. */
export interface FoundEncoding {
  foundEncoding: LogEncoding | null;
}

export interface LineViewOptions {
  /** Chosen by a person; null to find it out. */
  readonly encoding: LogEncoding | null;
  readonly hasDetails: boolean;
  readonly found: FoundEncoding;
}

/** Makes what a view shows out of split lines. */
export class LineView {
  readonly #options: LineViewOptions;

  constructor(options: LineViewOptions) {
    this.#options = options;
  }

  /** Shows bytes around the next lines, from which an encoding can be told. */
  lookAt(bytes: Uint8Array): void {
    const { encoding, found } = this.#options;
    if (encoding !== null || found.foundEncoding !== null) return;
    if (isUtf8(bytes) && !bytes.includes(0)) return;
    const guess = guessEncoding(bytes.subarray(firstForeign(bytes)));
    if (guess !== "utf-8") found.foundEncoding = guess;
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
    const { encoding, found } = this.#options;
    const decoded = decodeLine(bytes, encoding ?? found.foundEncoding ?? "utf-8");
    // CR LF is one line end.
    const text = isTerminated && isWhole ? withoutReturn(decoded) : decoded;
    if (isWhole && text.length <= LINE_TEXT_LIMIT) return { text, isCut: false };
    return { text: text.slice(0, cutPosition(text)), isCut: true };
  }
}

/** Of a line before the first foreign one, more than this says nothing. */
const NEIGHBOUR_BYTES = 4 * 1024;

/**
 * Where the first line begins that is no good UTF-8 or holds zeros, and with it the one before: what stands before them
 * says nothing, however much it is. A first line of UTF-16 can look like good UTF-8 without zeros; the second cannot.
 */
function firstForeign(bytes: Uint8Array): number {
  let from = 0;
  while (from < bytes.length) {
    const at = firstTelling(bytes, from);
    const start = bytes.lastIndexOf(LINE_FEED, at) + 1;
    const end = bytes.indexOf(LINE_FEED, at);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (line.includes(0) || !isUtf8(line)) {
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

export function isWide(encoding: LogEncoding): encoding is "utf-16le" | "utf-16be" {
  return encoding === "utf-16le" || encoding === "utf-16be";
}

/**
 * The text of a line. Its bytes were split at line feed bytes, which cut UTF-16 units in half. Whatever the encoding
 * of the log, a line that is good UTF-8 is read as that: programs of both kinds print into one log.
 */
export function decodeLine(bytes: Uint8Array, encoding: LogEncoding): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isWide(encoding)) {
    const text = withoutHalf(buffer, encoding);
    if (isNarrow(text, encoding)) return text.toString("utf8");
    return decoderOf(encoding).decode(buffer.length % 2 === 0 ? buffer : text);
  }
  if (encoding === "utf-8" || isUtf8(bytes)) return buffer.toString("utf8");
  return decodePage(buffer, encoding);
}

/** The text of bytes of a code page, whatever else they could be. */
export function decodePage(bytes: Uint8Array, encoding: LogEncoding): string {
  return decoderOf(encoding).decode(bytes);
}

/** Whether a line of a log in UTF-16 is not UTF-16 itself. */
function isNarrow(bytes: Buffer, encoding: "utf-16le" | "utf-16be"): boolean {
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
function withoutHalf(bytes: Buffer, encoding: "utf-16le" | "utf-16be"): Buffer {
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
