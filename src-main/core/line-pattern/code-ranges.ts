/** Characters from the first to the last code point, both included. */
export type CodeRange = readonly [first: number, last: number];

const HIGHEST = 0x10ffff;
const LINE_FEED = 10;
/** Every character but the line feed, which no line holds. */
export const ANY: readonly CodeRange[] = [
  [0, LINE_FEED - 1],
  [LINE_FEED + 1, HIGHEST],
];

const CLASSES: Readonly<Record<string, readonly CodeRange[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
};

/** The class that an escaped letter stands for; null for other letters. */
export function classOf(letter: string): readonly CodeRange[] | null {
  const known = CLASSES[letter.toLowerCase()];
  if (known === undefined) return null;
  return letter === letter.toLowerCase() ? known : negated(known);
}

/** All characters that are in none of `ranges`, and no line feed. */
export function negated(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const taken = [...ranges, [LINE_FEED, LINE_FEED] as const].toSorted(([a], [b]) => a - b);
  const rest: CodeRange[] = [];
  let from = 0;
  for (const [first, last] of taken) {
    if (first > from) rest.push([from, first - 1]);
    from = Math.max(from, last + 1);
  }
  if (from <= HIGHEST) rest.push([from, HIGHEST]);
  return rest;
}

/** Alphabets with capital letters; beyond them case is kept as it is. */
const CASED: readonly CodeRange[] = [
  [0x41, 0x5a],
  [0x61, 0x7a],
  [0xb5, 0x587],
  [0x10a0, 0x10ff],
  [0x1e00, 0x1fff],
];

/** `ranges` with every letter in both cases. */
export function folded(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const more: CodeRange[] = [];
  for (const [first, last] of ranges) {
    for (const [from, to] of CASED) {
      for (let code = Math.max(first, from); code <= Math.min(last, to); code += 1)
        more.push(...caseOf(code));
    }
  }
  return more.length === 0 ? ranges : [...ranges, ...more];
}

function caseOf(code: number): CodeRange[] {
  const char = String.fromCodePoint(code);
  return [char.toLowerCase(), char.toUpperCase()]
    .filter((other) => other !== char && [...other].length === 1)
    .map((other) => {
      const otherCode = other.codePointAt(0) ?? code;
      return [otherCode, otherCode];
    });
}

/** Bytes from the first to the last one, both included. */
export type ByteRange = readonly [first: number, last: number];

/** Largest code point of one, two, three and four bytes of UTF-8. */
const LENGTH_LIMITS = [0x7f, 0x7ff, 0xffff, HIGHEST];

/** The sequences of byte ranges that are the UTF-8 of a range of characters, and of no others. */
export function utf8Sequences([first, last]: CodeRange): ByteRange[][] {
  const sequences: ByteRange[][] = [];
  let from = first;
  for (const [index, limit] of LENGTH_LIMITS.entries()) {
    if (from > last) break;
    if (from > limit) continue;
    sequences.push(...sameLength(from, Math.min(last, limit), index + 1));
    from = limit + 1;
  }
  return sequences;
}

/** Splits until every byte but the first differing one takes all its values. */
function sameLength(first: number, last: number, length: number): ByteRange[][] {
  for (let kept = 1; kept < length; kept += 1) {
    const mask = (1 << (6 * kept)) - 1;
    if ((first & ~mask) === (last & ~mask)) continue;
    if ((first & mask) !== 0) {
      return [...sameLength(first, first | mask, length), ...sameLength((first | mask) + 1, last, length)];
    }
    if ((last & mask) !== mask) {
      return [...sameLength(first, (last & ~mask) - 1, length), ...sameLength(last & ~mask, last, length)];
    }
  }
  const low = encode(first, length);
  const high = encode(last, length);
  return [low.map((byte, index) => [byte, high[index] ?? byte])];
}

function encode(code: number, length: number): number[] {
  if (length === 1) return [code];
  const bytes: number[] = [];
  let rest = code;
  for (let index = 1; index < length; index += 1) {
    bytes.unshift(0x80 | (rest & 0x3f));
    rest >>= 6;
  }
  return [((0xf00 >> length) & 0xff) | rest, ...bytes];
}
