import { AppError } from "#contract/errors.ts";
import { ANY, type CodeRange, classOf, folded, negated } from "./code-ranges.ts";

/** A regular expression, understood. */
export type PatternNode =
  | { readonly type: "set"; readonly ranges: readonly CodeRange[] }
  | { readonly type: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly type: "choice"; readonly options: readonly PatternNode[] }
  | { readonly type: "repeat"; readonly node: PatternNode; readonly min: number; readonly max: number | null }
  | { readonly type: "place"; readonly place: Place };

/** A place between characters. */
export type Place = "line-start" | "line-end" | "word-edge" | "no-word-edge";

const REPEAT_LIMIT = 1_000;
const DEPTH_LIMIT = 200;
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27 };
const PLACES: Readonly<Record<string, Place>> = {
  b: "word-edge",
  B: "no-word-edge",
  A: "line-start",
  z: "line-end",
};

/** @throws AppError `usage.invalid` for what this syntax does not know, e.g. back references and look-around */
export function parsePattern(pattern: string, isCaseSensitive: boolean): PatternNode {
  return new PatternParser(pattern, isCaseSensitive).parse();
}

class PatternParser {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;
  #isFolding: boolean;

  constructor(pattern: string, isCaseSensitive: boolean) {
    this.#chars = [...pattern];
    this.#isFolding = !isCaseSensitive;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#chars.length) throw this.#fault("a ) without its (");
    return node;
  }

  #choice(): PatternNode {
    this.#depth += 1;
    if (this.#depth > DEPTH_LIMIT) throw this.#fault("too many groups inside each other");
    const options = [this.#sequence()];
    while (this.#takes("|")) options.push(this.#sequence());
    this.#depth -= 1;
    return options.length === 1 ? (options[0] as PatternNode) : { type: "choice", options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      const atom = this.#atom();
      if (atom !== null) parts.push(this.#repeated(atom));
    }
    return parts.length === 1 ? (parts[0] as PatternNode) : { type: "sequence", parts };
  }

  #repeated(atom: PatternNode): PatternNode {
    let node = atom;
    for (let bounds = this.#bounds(); bounds !== null; bounds = this.#bounds()) {
      // Whether as much or as little as possible is taken makes no difference to whether a line fits.
      this.#takes("?");
      node = { type: "repeat", node, ...bounds };
    }
    return node;
  }

  #bounds(): { min: number; max: number | null } | null {
    if (this.#takes("*")) return { min: 0, max: null };
    if (this.#takes("+")) return { min: 1, max: null };
    if (this.#takes("?")) return { min: 0, max: 1 };
    const match = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(this.#chars.slice(this.#at, this.#at + 12).join(""));
    if (match === null) return null;
    this.#at += match[0].length;
    const min = Number(match[1]);
    const most = match[3] === undefined || match[3] === "" ? null : Number(match[3]);
    const max = match[2] === undefined ? min : most;
    if (min > REPEAT_LIMIT || (max !== null && (max > REPEAT_LIMIT || max < min))) {
      throw this.#fault(`a repeat count beyond ${REPEAT_LIMIT}, or upside down`);
    }
    return { min, max };
  }

  /** Null for what only changes how the rest is read. */
  #atom(): PatternNode | null {
    const char = this.#next();
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return this.#set(this.#class());
      case ".":
        return { type: "set", ranges: ANY };
      case "^":
        return { type: "place", place: "line-start" };
      case "$":
        return { type: "place", place: "line-end" };
      case "\\":
        return this.#escaped();
      case "*":
      case "+":
      case "?":
        throw this.#fault(`a ${char} that repeats nothing`);
      default:
        return this.#char(char);
    }
  }

  #group(): PatternNode | null {
    const wasFolding = this.#isFolding;
    if (this.#takes("?")) {
      const head = /^(?:P?<[A-Za-z_]\w*>|[is]*:|[is]+\))/.exec(
        this.#chars.slice(this.#at, this.#at + 40).join(""),
      );
      if (head === null)
        throw this.#fault("a group of a kind that takes more than linear time, or is unknown");
      this.#at += [...head[0]].length;
      if (/^[is]*i/.test(head[0])) this.#isFolding = true;
      // `(?i)` holds up to the end of the group around it.
      if (head[0].endsWith(")")) return null;
    }
    const node = this.#choice();
    if (!this.#takes(")")) throw this.#fault("a ( without its )");
    this.#isFolding = wasFolding;
    return node;
  }

  #escaped(): PatternNode {
    const char = this.#next();
    const place = PLACES[char];
    if (place !== undefined) return { type: "place", place };
    const known = classOf(char);
    if (known !== null) return this.#set(known);
    return this.#char(String.fromCodePoint(this.#escapedCode(char)));
  }

  #escapedCode(char: string): number {
    const control = CONTROLS[char];
    if (control !== undefined) return control;
    if (char === "x" || char === "u") return this.#hexCode(char === "x" ? 2 : 4);
    if (/[A-Za-z0-9]/.test(char)) throw this.#fault(`\\${char}, which this kind of pattern does not have`);
    return char.codePointAt(0) ?? 0;
  }

  #hexCode(digits: number): number {
    const rest = this.#chars.slice(this.#at, this.#at + 10).join("");
    const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]+))/.exec(rest);
    const text = match?.[1] ?? match?.[2]?.slice(0, digits) ?? "";
    const code = Number.parseInt(text, 16);
    if (
      match === null ||
      Number.isNaN(code) ||
      code > 0x10ffff ||
      (match[1] === undefined && text.length < digits)
    ) {
      throw this.#fault("a character code that is none");
    }
    this.#at += match[1] === undefined ? digits : match[0].length;
    return code;
  }

  /** What stands between [ and ]. */
  #class(): readonly CodeRange[] {
    const isNegated = this.#takes("^");
    const ranges: CodeRange[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== "]"; isFirst = false)
      ranges.push(...this.#classPart());
    this.#at += 1;
    const all = this.#isFolding ? folded(ranges) : ranges;
    return isNegated ? negated(all) : all;
  }

  #classPart(): readonly CodeRange[] {
    const first = this.#classCode();
    if (typeof first !== "number") return first;
    if (this.#peek() !== "-" || this.#chars[this.#at + 1] === "]") return [[first, first]];
    this.#at += 1;
    const last = this.#classCode();
    if (typeof last !== "number" || last < first) throw this.#fault("a range that is upside down");
    return [[first, last]];
  }

  #classCode(): number | readonly CodeRange[] {
    const char = this.#next();
    if (char !== "\\") return char.codePointAt(0) ?? 0;
    const escaped = this.#next();
    return escaped === "b" ? 8 : (classOf(escaped) ?? this.#escapedCode(escaped));
  }

  #char(char: string): PatternNode {
    const code = char.codePointAt(0) ?? 0;
    return this.#set([[code, code]]);
  }

  #set(ranges: readonly CodeRange[]): PatternNode {
    return { type: "set", ranges: this.#isFolding ? folded(ranges) : ranges };
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw this.#fault("an end in the middle");
    this.#at += 1;
    return char;
  }

  #takes(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #fault(problem: string): AppError {
    return patternFault(`${problem}, at character ${this.#at}`);
  }
}

export function patternFault(problem: string): AppError {
  return new AppError("usage.invalid", `The pattern has ${problem}`, {
    details: {
      argument: "text",
      problem: `has ${problem}`,
      expected: "a regular expression without back references and look-around",
    },
  });
}
