import type { RunId } from "#contract/ids.ts";
import type { FindLines, HitSpan } from "#contract/log.ts";
import { findAll, type LogSource } from "./log-source.ts";

export type Conditions = Omit<Partial<FindLines>, "runIds" | "limit" | "fromLine" | "toLine">;

/** A span with the number of hits before it. */
interface PlacedSpan extends HitSpan {
  readonly before: number;
}

export interface HitNews {
  readonly count: number;
  readonly searchedBytes: number;
  readonly totalBytes: number;
  readonly isSearching: boolean;
  readonly error: unknown;
}

export interface HitIndexDeps {
  readonly source: Pick<LogSource, "find">;
  readonly runId: RunId;
  readonly conditions: Conditions;
  readonly onNews: (news: HitNews) => void;
}

/** Hits whose numbers come with the search. */
const FIRST_HITS = 5_000;
/** Spans whose line numbers are remembered. */
const HELD_SPANS = 64;

/**
 * Knows where all lines of one run that fit are, without holding them: how many there are in each stretch of the log.
 * The lines of a stretch are looked up when somebody wants them. A log that grows is searched on from where the last
 * search ended.
 */
export class HitIndex {
  readonly #deps: HitIndexDeps;
  readonly #numbers = new Map<PlacedSpan, Promise<readonly number[]>>();
  #spans: PlacedSpan[] = [];
  #count = 0;
  /** Numbers of the first hits, as they came with the search. */
  readonly #first: number[] = [];
  /** The last line that was searched. */
  #searchedTo = 0;
  #stop: (() => void) | null = null;

  constructor(deps: HitIndexDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#count;
  }
  /** Numbers of all hits, where there are so few that they came with the search; null otherwise. */
  get all(): readonly number[] | null {
    return this.#first.length === this.#count ? this.#first : null;
  }
  get spans(): readonly HitSpan[] {
    return this.#spans;
  }
  get searchedTo(): number {
    return this.#searchedTo;
  }
  get isSearching(): boolean {
    return this.#stop !== null;
  }

  /** Searches what was not searched yet, up to line `toLine`. Does nothing while a search is under way. */
  search(toLine: number): void {
    if (this.#stop !== null) return;
    const { source, runId, conditions, onNews } = this.#deps;
    if (toLine <= this.#searchedTo) {
      // Who asked waits for an answer, also where there is nothing to look at.
      onNews({ count: this.#count, searchedBytes: 1, totalBytes: 1, isSearching: false, error: null });
      return;
    }
    const before = this.#count;
    const limit = this.all === null ? 0 : Math.max(0, FIRST_HITS - this.#first.length);
    this.#stop = source.find(
      { ...conditions, runIds: [runId], fromLine: this.#searchedTo + 1, toLine, limit },
      {
        onData: (news) => {
          this.#first.push(...news.hits.map(({ number }) => number));
          this.#add(news.spans);
          if (news.isEnd) {
            this.#searchedTo = toLine;
            this.stop();
          }
          onNews({ ...news, count: before + news.count, isSearching: !news.isEnd, error: null });
        },
        onFailed: (error) => {
          this.stop();
          onNews({ count: this.#count, searchedBytes: 0, totalBytes: 0, isSearching: false, error });
        },
      },
    );
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** Numbers of the lines that are hits `from` to before `end`, counted from 0. */
  async numbers(from: number, end: number): Promise<readonly number[]> {
    if (end <= this.#first.length) return this.#first.slice(from, end);
    const found: number[] = [];
    for (let at = this.#spanOfHit(from); at < this.#spans.length; at += 1) {
      const span = this.#spans[at];
      if (span === undefined || span.before >= end) break;
      const own = await this.#numbersOf(span);
      found.push(...own.slice(Math.max(0, from - span.before), end - span.before));
    }
    return found;
  }

  /** How many hits lie before the line. */
  async rankOf(line: number): Promise<number> {
    if (this.all !== null) return firstAt(this.#first, (number) => number >= line);
    const at = firstAt(this.#spans, ({ to }) => to >= line);
    const span = this.#spans[at];
    if (span === undefined) return this.#count;
    if (span.from >= line) return span.before;
    const own = await this.#numbersOf(span);
    return span.before + firstAt(own, (number) => number >= line);
  }

  /** About how many hits lie before the line; answered at once. */
  roughRankOf(line: number): number {
    const span = this.#spans[firstAt(this.#spans, ({ to }) => to >= line)];
    if (span === undefined) return this.#count;
    const share = (line - span.from) / (span.to - span.from + 1);
    return span.before + Math.max(0, share) * span.count;
  }

  #add(spans: readonly HitSpan[]): void {
    for (const span of spans) {
      this.#spans.push({ ...span, before: this.#count });
      this.#count += span.count;
    }
  }

  #spanOfHit(hit: number): number {
    return firstAt(this.#spans, ({ before, count }) => before + count > hit);
  }

  #numbersOf(span: PlacedSpan): Promise<readonly number[]> {
    const held = this.#numbers.get(span);
    if (held !== undefined) return held;
    const { source, runId, conditions } = this.#deps;
    const { from, to, count } = span;
    const looked = findAll(source, {
      ...conditions,
      runIds: [runId],
      fromLine: from,
      toLine: to,
      limit: Math.min(100_000, count),
    }).then((hits) => hits.map(({ number }) => number));
    this.#numbers.set(span, looked);
    // A failure is told to who asked, and the next one asks again.
    looked.catch(() => this.#numbers.delete(span));
    const oldest = this.#numbers.size > HELD_SPANS ? this.#numbers.keys().next().value : undefined;
    if (oldest !== undefined) this.#numbers.delete(oldest);
    return looked;
  }
}

/** Index of the first one for which `isThere` holds, when it holds for all after it too. */
export function firstAt<T>(items: readonly T[], isThere: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isThere(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
