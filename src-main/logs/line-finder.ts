import { CaselessText } from "#core/caseless-text.ts";
import { compileLinePattern, type LinePattern, literalPattern } from "#core/line-pattern/line-pattern.ts";
import type { LineWish } from "./search-job.ts";

/** Finds lines in UTF-8 text that hold what is looked for. */
export interface LineFinder {
  /** Makes ready for a text; what follows is asked about it. Its first line may have begun before (`isInside`). */
  take(bytes: Buffer, isInside: boolean): void;
  /** A place in the first line that fits at or behind `from`, where a line begins; -1 for none. */
  next(from: number): number;
}

/** @throws AppError `usage.invalid` for a pattern that cannot be understood */
export function createLineFinder({
  text,
  isRegex,
  isCaseSensitive,
}: Pick<LineWish, "text" | "isRegex" | "isCaseSensitive">): LineFinder {
  if (text === "") return new EveryLine();
  // No line holds a line feed.
  if (!isRegex && text.includes("\n")) return new NoLine();
  if (isRegex) return new PatternFinder(compileLinePattern(text, { isCaseSensitive }));
  if (isCaseSensitive) return new BytesFinder(Buffer.from(text));
  if (isAscii(text)) return new FoldedFinder(text);
  return new PatternFinder(literalPattern(text));
}

/** Tells whether one line holds a text, or, of a condition that says so, whether it does not. */
export function createTextTest(
  condition: Pick<LineWish, "text" | "isRegex" | "isCaseSensitive"> & { readonly isNot?: boolean },
): (text: string) => boolean {
  const finder = createLineFinder(condition);
  const isWanted = condition.isNot !== true;
  return (text) => {
    // An empty line is a line too: the line feed gives it a place.
    finder.take(Buffer.from(`${text}\n`), false);
    return (finder.next(0) !== -1) === isWanted;
  };
}

class NoLine implements LineFinder {
  take(): void {
    // There is nothing to make ready.
  }
  next(): number {
    return -1;
  }
}

class EveryLine implements LineFinder {
  #length = 0;

  take(bytes: Buffer): void {
    this.#length = bytes.length;
  }
  next(from: number): number {
    return from < this.#length ? from : -1;
  }
}

class BytesFinder implements LineFinder {
  readonly #needle: Buffer;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(needle: Buffer) {
    this.#needle = needle;
  }
  take(bytes: Buffer): void {
    this.#bytes = bytes;
  }
  next(from: number): number {
    return this.#bytes.indexOf(this.#needle, from);
  }
}

class FoldedFinder implements LineFinder {
  readonly #text: CaselessText;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(text: string) {
    this.#text = new CaselessText(text);
  }
  take(bytes: Buffer): void {
    this.#bytes = bytes;
  }
  next(from: number): number {
    return this.#text.indexIn(this.#bytes, from);
  }
}

class PatternFinder implements LineFinder {
  readonly #pattern: LinePattern;
  readonly #required: Buffer;
  #bytes: Buffer = Buffer.alloc(0);
  #isInside = false;
  #isPossible = true;

  constructor(pattern: LinePattern) {
    this.#pattern = pattern;
    this.#required = Buffer.from(pattern.required);
  }
  take(bytes: Buffer, isInside: boolean): void {
    this.#bytes = bytes;
    this.#isInside = isInside;
    const isThere = this.#required.length === 0 || bytes.includes(this.#required);
    this.#isPossible = isThere && this.#pattern.mayHold(bytes, isInside);
  }
  next(from: number): number {
    return this.#isPossible ? this.#pattern.findLine(this.#bytes, from, from === 0 && this.#isInside) : -1;
  }
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}
