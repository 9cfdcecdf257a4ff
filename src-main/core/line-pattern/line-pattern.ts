import { folded, utf8Sequences } from "./code-ranges.ts";
import { compilePattern, type Machine } from "./compile-pattern.ts";
import { type PatternNode, type Place, parsePattern } from "./parse-pattern.ts";

const LINE_FEED = 10;
const RETURN = 13;
/** What a table says instead of a state. */
const UNKNOWN = -1;
const FOUND = -2;
const LOOK_CLOSER = -3;
/** Beyond it everything learned is forgotten and learned again, so memory stays small for every pattern. */
const STATE_LIMIT = 1_000;
/** A state is known by where its row of 256 steps begins in the table. */
const ROW_BITS = 8;
/** Where a line begins, and in the middle of one. */
const START = 0;
const INSIDE = 1 << ROW_BITS;
/** Less text is searched from front to back at once. */
const LEAST_LANES_BYTES = 16 * 1024;

/** What lies before the next byte. */
type Before = "line-start" | "word" | "other";

/** A number for each of the four stretches that are gone through side by side. */
type Lanes = readonly [number, number, number, number];

interface State {
  readonly places: readonly number[];
  readonly before: Before;
}

/** @throws AppError `usage.invalid` */
export function compileLinePattern(
  text: string,
  { isCaseSensitive }: { isCaseSensitive: boolean },
): LinePattern {
  return new LinePattern(parsePattern(text, isCaseSensitive));
}

/** A pattern for a text as it is written, in either case. */
export function literalPattern(text: string): LinePattern {
  const parts = [...text].map((char): PatternNode => {
    const code = char.codePointAt(0) ?? 0;
    return { type: "set", ranges: folded([[code, code]]) };
  });
  return new LinePattern({ type: "sequence", parts });
}

/**
 * Finds the lines of UTF-8 text that fit a pattern, in time that grows with the text only: every byte is looked at
 * once, whatever the pattern. The machine's states are worked out as the text asks for them and kept in a table.
 */
export class LinePattern {
  /** Bytes that every line that fits holds; empty when none are known. */
  readonly required: Uint8Array;
  readonly #machine: Machine;
  /** The next state for every state and byte. */
  readonly #table = new Int32Array(STATE_LIMIT << ROW_BITS);
  /** Where a carriage return leads that is not part of a line end. */
  readonly #afterReturn = new Int32Array(STATE_LIMIT);
  #states: State[] = [];
  /** Changes when everything learned is forgotten. */
  #version = 0;
  readonly #known = new Map<string, number>();

  constructor(node: PatternNode) {
    this.#machine = compilePattern(node);
    this.required = requiredBytes(node);
    this.#forget();
  }

  /**
   * A place in the first line that fits at or behind `from`, where a line begins; -1 for none. `isInside` when the
   * line began before that.
   */
  findLine(bytes: Uint8Array, from: number, isInside = false): number {
    return this.#find(bytes, { from, to: bytes.length, state: isInside ? INSIDE : START });
  }

  /**
   * False when no line fits; when one does, or that would take long to say, true. Much faster than `findLine`: four
   * stretches of the text are gone through side by side, so no step waits for the one before.
   */
  mayHold(bytes: Uint8Array, isInside = false): boolean {
    const { length } = bytes;
    const quarter = length >>> 2;
    const [one, two, three] = [1, 2, 3].map((lane) => bytes.indexOf(LINE_FEED, lane * quarter) + 1);
    if (length < LEAST_LANES_BYTES || !one || !two || !three) return true;
    const starts: Lanes = [0, one, two, three];
    const states = this.#sideBySide(bytes, starts, isInside ? INSIDE : START);
    if (states === null) return true;
    const { shared, lanes } = states;
    const version = this.#version;
    return starts.some((start, lane) => {
      const stretch = { from: start + shared, to: starts[lane + 1] ?? length, state: lanes[lane] ?? START };
      // States that were forgotten meanwhile mean nothing any more.
      return this.#find(bytes, stretch) !== -1 || version !== this.#version;
    });
  }

  #find(bytes: Uint8Array, stretch: { from: number; to: number; state: number }): number {
    const table = this.#table;
    const { from, to } = stretch;
    let { state } = stretch;
    for (let at = from; at < to; at += 1) {
      let next = table[state | (bytes[at] as number)] as number;
      if (next < START) next = this.#closer(state, { bytes, at, said: next });
      if (next === FOUND) return at;
      state = next;
    }
    // The last line has no end yet; behind a line feed there is no line.
    const hasLine = from < to && to === bytes.length && bytes[to - 1] !== LINE_FEED;
    return hasLine && this.#isFoundIn(state, null) ? to - 1 : -1;
  }

  /** Where the lanes stand when the shortest one is at its end; null when one of them found something. */
  #sideBySide(bytes: Uint8Array, starts: Lanes, start: number): { shared: number; lanes: Lanes } | null {
    const [a, b, c, d] = starts;
    const shared = Math.min(b - a, c - b, d - c, bytes.length - d);
    const race: Race = { starts, shared, at: 0, lanes: [start, START, START, START] };
    for (runLanes(this.#table, bytes, race); race.at < shared; runLanes(this.#table, bytes, race)) {
      const { at } = race;
      const settled = this.#settle(bytes, [a + at, b + at, c + at, d + at], race.lanes);
      if (settled === null) return null;
      race.lanes = settled;
      race.at += 1;
    }
    return race;
  }

  /** One step of every lane; null when one of them found something, or what was learned was forgotten. */
  #settle(bytes: Uint8Array, places: Lanes, [one, two, three, four]: Lanes): Lanes | null {
    const version = this.#version;
    const step = (state: number, at: number): number => {
      const said = this.#table[state | (bytes[at] as number)] as number;
      return said < START ? this.#closer(state, { bytes, at, said }) : said;
    };
    const settled: Lanes = [
      step(one, places[0]),
      step(two, places[1]),
      step(three, places[2]),
      step(four, places[3]),
    ];
    return settled.includes(FOUND) || version !== this.#version ? null : settled;
  }

  #closer(state: number, { bytes, at, said }: { bytes: Uint8Array; at: number; said: number }): number {
    if (said === FOUND) return FOUND;
    const byte = bytes[at] as number;
    if (said !== LOOK_CLOSER) return this.#learn(state, byte);
    // CR LF is one line end.
    if (bytes[at + 1] === LINE_FEED) return this.#isFoundIn(state, LINE_FEED) ? FOUND : state;
    const known = this.#afterReturn[state >> ROW_BITS] as number;
    return known === UNKNOWN ? this.#learn(state, RETURN) : known;
  }

  #learn(row: number, byte: number): number {
    const index = row >> ROW_BITS;
    const state = this.#states[index];
    if (state === undefined) return START;
    const places = this.#reached(state, byte);
    let next = FOUND;
    if (places !== null) next = byte === LINE_FEED ? START : this.#stateOf(this.#behind(places, byte), byte);
    // The state itself may have been forgotten to make room.
    if (this.#states[index] !== state) return next;
    if (byte === RETURN) this.#afterReturn[index] = next;
    else this.#table[row | byte] = next;
    return next;
  }

  #isFoundIn(row: number, byte: number | null): boolean {
    const state = this.#states[row >> ROW_BITS];
    return state !== undefined && this.#reached(state, byte) === null;
  }

  /** All places that can be reached before the next byte is taken; null when the pattern was found. */
  #reached({ places, before }: State, next: number | null): Set<number> | null {
    const { steps, start } = this.#machine;
    const reached = new Set<number>();
    // What fits begins where a character begins.
    const open = next !== null && isInsideCharacter(next) ? [...places] : [...places, start];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (reached.has(place)) continue;
      reached.add(place);
      const step = steps[place];
      if (step?.type === "found") return null;
      if (step?.type === "either") open.push(step.one, step.other);
      else if (step?.type === "place" && isAt(step.place, before, next)) open.push(step.next);
    }
    return reached;
  }

  /** Where the taken byte leads. */
  #behind(reached: ReadonlySet<number>, byte: number): readonly number[] {
    const places = new Set<number>();
    for (const place of reached) {
      const step = this.#machine.steps[place];
      if (step?.type === "bytes" && byte >= step.first && byte <= step.last) places.add(step.next);
    }
    return [...places].sort((a, b) => a - b);
  }

  #stateOf(places: readonly number[], byte: number): number {
    const before = isWord(byte) ? "word" : "other";
    const key = `${before} ${places.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= STATE_LIMIT) this.#forget();
    const row = (this.#states.push({ places, before }) - 1) << ROW_BITS;
    this.#known.set(key, row);
    return row;
  }

  #forget(): void {
    this.#version += 1;
    this.#states = [
      { places: [], before: "line-start" },
      { places: [], before: "other" },
    ];
    this.#known.clear();
    this.#table.fill(UNKNOWN);
    this.#afterReturn.fill(UNKNOWN);
    for (let state = 0; state < STATE_LIMIT; state += 1)
      this.#table[(state << ROW_BITS) | RETURN] = LOOK_CLOSER;
  }
}

interface Race {
  readonly starts: Lanes;
  /** Length of the shortest lane. */
  readonly shared: number;
  at: number;
  lanes: Lanes;
}

/** Takes the lanes to the first step that is not in the table, or to the end of the shortest. The hot loop of a search. */
function runLanes(table: Int32Array, bytes: Uint8Array, race: Race): void {
  const { starts, shared } = race;
  const [a, b, c, d] = starts;
  let [one, two, three, four] = race.lanes;
  let { at } = race;
  for (; at < shared; at += 1) {
    const nextOne = table[one | (bytes[a + at] as number)] as number;
    const nextTwo = table[two | (bytes[b + at] as number)] as number;
    const nextThree = table[three | (bytes[c + at] as number)] as number;
    const nextFour = table[four | (bytes[d + at] as number)] as number;
    if ((nextOne | nextTwo | nextThree | nextFour) < 0) break;
    one = nextOne;
    two = nextTwo;
    three = nextThree;
    four = nextFour;
  }
  race.lanes = [one, two, three, four];
  race.at = at;
}

function isAt(place: Place, before: Before, next: number | null): boolean {
  if (place === "line-start") return before === "line-start";
  if (place === "line-end") return next === LINE_FEED;
  const isEdge = (before === "word") !== (next !== null && isWord(next));
  return place === "word-edge" ? isEdge : !isEdge;
}

function isInsideCharacter(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

function isWord(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122)
  );
}

/** The longest run of single characters that every fitting line holds. */
function requiredBytes(node: PatternNode): Uint8Array {
  let longest: number[] = [];
  let run: number[] = [];
  const end = () => {
    if (run.length > longest.length) longest = run;
    run = [];
  };
  const visit = (part: PatternNode): void => {
    const only = part.type === "set" && part.ranges.length === 1 ? part.ranges[0] : undefined;
    if (part.type === "sequence") part.parts.forEach(visit);
    else if (only !== undefined && only[0] === only[1]) {
      run.push(...(utf8Sequences(only)[0] ?? []).map(([byte]) => byte));
    } else end();
  };
  visit(node);
  end();
  return Uint8Array.from(longest);
}
