import type { ViewLine } from "./log-source.ts";

/** Lines of one page; what is asked for at once. */
export const PAGE_LINES = 250;

export interface LogWindowBounds {
  readonly maxLines: number;
  /** Bounds the text, because one line may be thousands of characters long. */
  readonly maxCharacters: number;
}

/** About 25 MB in the worst case, whatever the log's size. */
export const DEFAULT_BOUNDS: LogWindowBounds = { maxLines: 10_000, maxCharacters: 8_000_000 };

interface Page {
  /** Index 0 is the page's first line; holes are lines that are not here. */
  readonly lines: (ViewLine | undefined)[];
  count: number;
  characters: number;
}

/**
 * The part of a log that is in memory.
 *
 * 1. A line is known by its number alone: a line that arrives twice is kept once, so a stream that resumes
 *    with an overlap repeats nothing.
 * 2. A line that did not arrive is missing and can be asked for (`missingPages`), so a gap heals.
 * 3. Never more than the bounds, apart from the page in view: what is farthest from the view goes first.
 */
export class LogWindow {
  readonly #bounds: LogWindowBounds;
  readonly #pages = new Map<number, Page>();
  #lineCount = 0;
  #heldLines = 0;
  #heldCharacters = 0;

  constructor(bounds: LogWindowBounds = DEFAULT_BOUNDS) {
    this.#bounds = bounds;
  }

  /** Number of the last line known to exist. */
  get lineCount(): number {
    return this.#lineCount;
  }

  get heldLines(): number {
    return this.#heldLines;
  }

  get heldCharacters(): number {
    return this.#heldCharacters;
  }

  lineAt(number: number): ViewLine | undefined {
    return this.#pages.get(pageOf(number))?.lines[(number - 1) % PAGE_LINES];
  }

  /** Takes lines in; returns how many were not here before. */
  add(lines: readonly ViewLine[]): number {
    let fresh = 0;
    for (const line of lines) {
      if (this.#put(line)) fresh += 1;
      if (line.number > this.#lineCount) this.#lineCount = line.number;
    }
    return fresh;
  }

  /** Says that the log has at least so many lines, here or not. */
  setLineCount(lineCount: number): void {
    this.#lineCount = Math.max(this.#lineCount, lineCount);
  }

  /** First line numbers of the pages that lack a line of `from`…`to`, nearest to the middle first. */
  missingPages(from: number, to: number): readonly number[] {
    const first = Math.max(1, from);
    const last = Math.min(this.#lineCount, to);
    const missing: number[] = [];
    for (let page = pageOf(first); page <= pageOf(last) && first <= last; page += 1) {
      const start = page * PAGE_LINES + 1;
      if (this.#lacks(Math.max(first, start), Math.min(last, start + PAGE_LINES - 1))) missing.push(start);
    }
    const middle = (first + last) / 2;
    return missing.sort((a, b) => distance(a, middle) - distance(b, middle));
  }

  /** Lets go of what is farthest from line `center` until the bounds hold again. */
  trim(center: number): void {
    if (!this.#isOver()) return;
    const farthestFirst = [...this.#pages.keys()].sort(
      (a, b) => distance(b * PAGE_LINES + 1, center) - distance(a * PAGE_LINES + 1, center),
    );
    const inView = pageOf(Math.max(1, center));
    for (const key of farthestFirst) {
      if (!this.#isOver()) return;
      if (key !== inView) this.#drop(key);
    }
  }

  #isOver(): boolean {
    return this.#heldLines > this.#bounds.maxLines || this.#heldCharacters > this.#bounds.maxCharacters;
  }

  #lacks(from: number, to: number): boolean {
    for (let number = from; number <= to; number += 1) if (this.lineAt(number) === undefined) return true;
    return false;
  }

  #put(line: ViewLine): boolean {
    const key = pageOf(line.number);
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = { lines: [], count: 0, characters: 0 };
      this.#pages.set(key, page);
    }
    const slot = (line.number - 1) % PAGE_LINES;
    if (page.lines[slot] !== undefined) return false;
    page.lines[slot] = line;
    page.count += 1;
    page.characters += line.text.length;
    this.#heldLines += 1;
    this.#heldCharacters += line.text.length;
    return true;
  }

  #drop(key: number): void {
    const page = this.#pages.get(key);
    if (page === undefined) return;
    this.#pages.delete(key);
    this.#heldLines -= page.count;
    this.#heldCharacters -= page.characters;
  }
}

function pageOf(number: number): number {
  return Math.floor((number - 1) / PAGE_LINES);
}

/** From the middle of the page that begins at `start`. */
function distance(start: number, center: number): number {
  return Math.abs(start + PAGE_LINES / 2 - center);
}
