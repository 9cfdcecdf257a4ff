import { LOG_LEVELS } from "#contract/log.ts";
import { bitOf, bitsOf, LEVEL_WORDS } from "./level-word.ts";

const EVERY_LEVEL = bitsOf(LOG_LEVELS);
const LINE_FEED = 10;

/**
 * Finds in one pass which levels may occur in a stretch of text, as bits. It may name too many, never too few: a line
 * that `understandLine` gives a level has that level's bit. Runs over bytes, because it sees every byte that is stored.
 */
export class LevelScan {
  /** The last step: the row of the next one, and what was found with it. */
  #step = AFTER_LINE_FEED;
  #found = 0;

  get bits(): number {
    return this.#found >>> FOUND_SHIFT;
  }

  feed(bytes: Uint8Array): void {
    const starts = laneStarts(bytes);
    if (starts === null) this.#scan(bytes, { from: 0, to: bytes.length, step: this.#step });
    else this.#scanLanes(bytes, starts);
  }

  #scan(bytes: Uint8Array, { from, to, step: first }: { from: number; to: number; step: number }): void {
    let step = first;
    let found = 0;
    for (let index = from; index < to; index += 1) {
      step = STEPS[(step & ROW_MASK) | (bytes[index] as number)] as number;
      found |= step;
    }
    this.#step = step;
    this.#found |= found;
  }

  /** Four stretches of lines side by side, so that no step waits for the one before. */
  #scanLanes(bytes: Uint8Array, starts: LaneStarts): void {
    const [a, b, c, d] = starts;
    const shared = Math.min(b - a, c - b, d - c, bytes.length - d);
    let one = this.#step;
    let two = AFTER_LINE_FEED;
    let three = AFTER_LINE_FEED;
    let four = AFTER_LINE_FEED;
    let found = 0;
    for (let at = 0; at < shared; at += 1) {
      one = STEPS[(one & ROW_MASK) | (bytes[a + at] as number)] as number;
      two = STEPS[(two & ROW_MASK) | (bytes[b + at] as number)] as number;
      three = STEPS[(three & ROW_MASK) | (bytes[c + at] as number)] as number;
      four = STEPS[(four & ROW_MASK) | (bytes[d + at] as number)] as number;
      found |= one | two | three | four;
    }
    this.#found |= found;
    this.#scan(bytes, { from: a + shared, to: b, step: one });
    this.#scan(bytes, { from: b + shared, to: c, step: two });
    this.#scan(bytes, { from: c + shared, to: d, step: three });
    this.#scan(bytes, { from: d + shared, to: bytes.length, step: four });
  }
}

/** Less is scanned from front to back at once. */
const LEAST_LANES_BYTES = 4 * 1024;

type LaneStarts = readonly [number, number, number, number];

/** Beginnings of lines about a quarter of the bytes apart; null where there are none. */
function laneStarts(bytes: Uint8Array): LaneStarts | null {
  const quarter = bytes.length >>> 2;
  if (bytes.length < LEAST_LANES_BYTES) return null;
  const [two, three, four] = [1, 2, 3].map((lane) => bytes.indexOf(LINE_FEED, lane * quarter) + 1);
  return two && three && four ? [0, two, three, four] : null;
}

/** Texts that tell of a level, with the bits they stand for; letters in lower case stand for both. */
function signs(): (readonly [string, number])[] {
  const words = LOG_LEVELS.flatMap((level) =>
    LEVEL_WORDS[level].map((word) => [word, bitOf(level)] as const),
  );
  const numbers = LOG_LEVELS.flatMap((level, index) =>
    ['level":', 'level": '].map((key) => [`${key}${index + 1}`, bitOf(level)] as const),
  );
  const letters = (["info", "warn", "error", "fatal"] as const).map(
    (level) => [`\n${level.charAt(0)}`, bitOf(level)] as const,
  );
  // Escaped letters could spell anything, as could text in which every second byte is a zero.
  const unknown = ["\\u00", "\0", 'level" ', 'level":  ', 'level":\t'].map(
    (text) => [text, EVERY_LEVEL] as const,
  );
  return [...words, ...numbers, ...letters, ...unknown];
}

interface Node {
  readonly next: Map<number, number>;
  bits: number;
  fallback: number;
}

/** All signs in one tree, a node per beginning. */
function buildTree(): Node[] {
  const nodes: Node[] = [{ next: new Map(), bits: 0, fallback: 0 }];
  const at = (index: number) => nodes[index] as Node;
  for (const [text, bits] of signs()) {
    let state = 0;
    for (const letter of text) {
      const byte = letter.charCodeAt(0);
      const next = at(state).next.get(byte) ?? nodes.push({ next: new Map(), bits: 0, fallback: 0 }) - 1;
      at(state).next.set(byte, next);
      state = next;
    }
    at(state).bits |= bits;
  }
  return nodes;
}

/** A step is the row of the next state in the table, and above it the bits of what was found on getting there. */
const ROW_BITS = 8;
const ROW_MASK = 0xff_ff_00;
const FOUND_SHIFT = 24;

/** The tree as an automaton (Aho and Corasick, 1975), a table of 256 steps per state. */
function build(): Int32Array {
  const nodes = buildTree();
  const at = (index: number) => nodes[index] as Node;
  const table = new Uint16Array(nodes.length * 256);
  const queue = [0];
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    const node = at(state);
    node.bits |= at(node.fallback).bits;
    for (let byte = 0; byte < 256; byte += 1) {
      const otherwise = state === 0 ? 0 : (table[node.fallback * 256 + byte] as number);
      table[state * 256 + byte] = node.next.get(folded(byte)) ?? otherwise;
    }
    for (const [byte, next] of node.next) {
      at(next).fallback = state === 0 ? 0 : (table[node.fallback * 256 + byte] as number);
      queue.push(next);
    }
  }
  return Int32Array.from(table, (next) => (next << ROW_BITS) | (at(next).bits << FOUND_SHIFT));
}

function folded(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

const STEPS = build();
const AFTER_LINE_FEED = STEPS[LINE_FEED] as number;
