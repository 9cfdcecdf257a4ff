import type { LogEncoding } from "#contract/log.ts";

/** More says nothing new. */
export const SAMPLE_BYTES = 64 * 1024;
/** The ten most frequent small letters of Russian text, in both code pages of one byte per letter. */
const FREQUENT_1251 = new Set([0xee, 0xe5, 0xe0, 0xe8, 0xed, 0xf2, 0xf1, 0xf0, 0xe2, 0xeb]);
const FREQUENT_866 = new Set([0xae, 0xa5, 0xa0, 0xa8, 0xad, 0xe2, 0xe1, 0xe0, 0xa2, 0xab]);
/** Share of letters above which bytes count as text of a code page; such text has about 0.65. */
const LEAST_SHARE = 0.35;
/** Fewer letters tell nothing. */
const LEAST_LETTERS = 8;
/** Share of bytes of one parity that belong to the upper half of UTF-16 units. */
const LEAST_UPPER_SHARE = 0.7;
/** The same behind a byte order mark. */
const LEAST_MARKED_SHARE = 0.4;
/** Eight characters of UTF-16 among other output are enough; where more are not, the rest will not be either. */
const LEAST_WIDE_BYTES = 16;
const MOST_WIDE_BYTES = 4 * 1024;
const LINE_FEED = 10;

export type WideEncoding = "utf-16le" | "utf-16be";
export type CodePage = "windows-1251" | "ibm866";

/**
 * How the lines of a log become text that are no good UTF-8. Both at once in a log in which programs of several kinds
 * print; then each line says by itself which it is.
 */
export interface LineReading {
  readonly wide: WideEncoding | null;
  readonly page: CodePage | null;
}

/** Everything in the one encoding that a person chose. */
export function readingOf(encoding: LogEncoding): LineReading {
  const isWide = encoding === "utf-16le" || encoding === "utf-16be";
  if (isWide) return { wide: encoding, page: null };
  return { wide: null, page: encoding === "utf-8" ? null : encoding };
}

/** What a log is mostly called that is read in this way. */
export function encodingOf({ page, wide }: LineReading): LogEncoding {
  return page ?? wide ?? "utf-8";
}

/** The most likely form of UTF-16 among bytes that hold zeros; a guess from where they stand. Null for none. */
export function guessWideEncoding(bytes: Uint8Array): WideEncoding | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  return guessWideLines(sample) ?? guessWide(sample);
}

/** Upper halves of the units of most alphabets. In plain text none of these bytes occurs. */
export const UPPER_HALVES: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const HIGHEST_UPPER_HALF = UPPER_HALVES.length - 1;

/** How many bytes are where the upper half of a unit would be, and could be one of a letter. */
export function countUpperHalves(bytes: Uint8Array, encoding: WideEncoding): number {
  let count = 0;
  for (let index = encoding === "utf-16le" ? 1 : 0; index < bytes.length; index += 2) {
    if ((bytes[index] as number) <= HIGHEST_UPPER_HALF) count += 1;
  }
  return count;
}

/** Bytes like those of a byte order mark may stand anywhere in a log, so a mark alone proves nothing. */
function guessWide(sample: Uint8Array): WideEncoding | null {
  const hasMark = (sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff);
  if (!hasMark && !sample.includes(0)) return null;
  const least = (sample.length / 2) * (hasMark ? LEAST_MARKED_SHARE : LEAST_UPPER_SHARE);
  const [even, odd] = [upperHalves(sample, 0), upperHalves(sample, 1)];
  if (odd > least && even < odd / 4) return "utf-16le";
  return even > least && odd < even / 4 ? "utf-16be" : null;
}

/**
 * UTF-16 among other output: a few lines of it are proof. Which half of a unit comes first is told from where the first
 * of them begins, because from then on each line feed leaves its other half with a neighbour.
 */
function guessWideLines(sample: Uint8Array): WideEncoding | null {
  if (!sample.includes(0)) return null;
  let first: number | null = null;
  let from = 0;
  while (from < sample.length) {
    const next = sample.indexOf(LINE_FEED, from);
    const end = next === -1 ? sample.length : next;
    first = isLikeWide(sample.subarray(from, end)) ? (first ?? from) : null;
    const lines = sample.subarray(first ?? end, end);
    const guess =
      lines.length >= LEAST_WIDE_BYTES && lines.length <= MOST_WIDE_BYTES ? guessWide(lines) : null;
    if (guess !== null) return guess;
    from = end + 1;
  }
  return null;
}

/** Apart from half a line feed at its beginning, which a line of plain text can have behind one of UTF-16. */
function isLikeWide(line: Uint8Array): boolean {
  const text = line[0] === 0 ? line.subarray(1) : line;
  const halves = countUpperHalves(text, "utf-16le") + countUpperHalves(text, "utf-16be");
  return line.length > 0 && halves * 4 >= text.length;
}

/** How many bytes of one parity are upper halves of common letters: 0 for Latin ones, 4 for Cyrillic ones. */
function upperHalves(sample: Uint8Array, parity: 0 | 1): number {
  let count = 0;
  for (let index = parity; index < sample.length; index += 2) {
    if (sample[index] === 0 || sample[index] === 4) count += 1;
  }
  return count;
}

/** The most likely code page of bytes that are no good UTF-8; a guess from how often letters of Russian occur. Null for none. */
export function guessCodePage(bytes: Uint8Array): CodePage | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const high = sample.filter((byte) => byte >= 0x80);
  // Capital letters of one page are signs and line drawings in the other.
  const ansi = weigh(high, (byte) => weightOf(FREQUENT_1251.has(byte), byte >= 0xc0 && byte <= 0xdf));
  const dos = weigh(high, (byte) => weightOf(FREQUENT_866.has(byte), byte <= 0x9f));
  if (high.length < LEAST_LETTERS || Math.max(ansi, dos) / high.length < LEAST_SHARE) return null;
  return ansi >= dos ? "windows-1251" : "ibm866";
}

function weightOf(isFrequent: boolean, isCapital: boolean): number {
  if (isFrequent) return 1;
  return isCapital ? 0.5 : 0;
}

function weigh(bytes: Uint8Array, weight: (byte: number) => number): number {
  return bytes.reduce((total, byte) => total + weight(byte), 0);
}
