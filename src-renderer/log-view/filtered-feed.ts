import type { RunId } from "#contract/ids.ts";
import { type Conditions, HitIndex, type HitNews } from "./hit-index.ts";
import { type FollowObserver, findAll, type LineFeed, type LogSource, type ViewLine } from "./log-source.ts";

export interface FilteredFeedDeps {
  readonly source: Pick<LogSource, "page" | "follow" | "find">;
  readonly runId: RunId;
  readonly conditions: Conditions;
  /** Calls `action` once after `delayMs`; the returned function takes it back. */
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly onNews?: (news: HitNews) => void;
}

/** Often enough to feel live, seldom enough that a fast log is not searched all the time. */
const SEARCH_EVERY_MS = 250;

/** The lines of one run that fit, however many. Rows are counted by the index and read when they are looked at. */
export class FilteredFeed implements LineFeed {
  readonly #deps: FilteredFeedDeps;
  readonly #index: HitIndex;
  #observer: FollowObserver | null = null;
  #lineCount = 0;
  #isEnd = false;
  #isKnown = false;
  #takeBack: (() => void) | null = null;

  constructor(deps: FilteredFeedDeps) {
    this.#deps = deps;
    const { source, runId, conditions } = deps;
    this.#index = new HitIndex({ source, runId, conditions, onNews: (news) => this.#took(news) });
  }

  get index(): HitIndex {
    return this.#index;
  }
  /** Lines of the log, whether they fit or not. */
  get lineCount(): number {
    return this.#lineCount;
  }

  async page({ from, limit, hasDetails = true }: Parameters<LineFeed["page"]>[0]) {
    const numbers = await this.#index.numbers(from - 1, from - 1 + limit);
    const [first] = numbers;
    const last = numbers.at(-1);
    const lines = first === undefined || last === undefined ? [] : await this.#read(first, last, hasDetails);
    const shown: ViewLine[] = lines.map((line, place) => ({ ...line, number: from + place }));
    return { lines: shown, lineCount: this.#index.count, sizeBytes: 0, isEnd: this.#isEnd };
  }

  follow(_request: { afterLine: number }, observer: FollowObserver): () => void {
    this.#observer = observer;
    const { source, runId } = this.#deps;
    const stop = source.follow(
      { runId, afterLine: -1, mostLines: 1 },
      {
        onBatch: ({ lineCount, isEnd }) => {
          this.#lineCount = Math.max(this.#lineCount, lineCount);
          this.#isEnd ||= isEnd;
          this.#isKnown = true;
          this.#searchSoon();
        },
        onLost: observer.onLost,
        onFailed: observer.onFailed,
      },
    );
    return () => {
      stop();
      this.#takeBack?.();
      this.#takeBack = null;
      this.#index.stop();
      this.#observer = null;
    };
  }

  /** The row of a line that fits, or of the next one. */
  async rowOf(number: number): Promise<number> {
    return Math.max(1, Math.min(this.#index.count, (await this.#index.rankOf(number)) + 1));
  }

  #searchSoon(): void {
    if (this.#takeBack !== null || this.#index.isSearching) return;
    const isFirst = this.#index.searchedTo === 0;
    this.#takeBack = this.#deps.after(isFirst ? 0 : SEARCH_EVERY_MS, () => {
      this.#takeBack = null;
      this.#index.search(this.#lineCount);
      this.#tell();
    });
  }

  #took(news: HitNews): void {
    this.#deps.onNews?.(news);
    if (news.error !== null) this.#observer?.onFailed(news.error);
    else this.#tell();
    if (!news.isSearching && this.#lineCount > this.#index.searchedTo) this.#searchSoon();
  }

  #tell(): void {
    if (!this.#isKnown) return;
    const isEnd = this.#isEnd && this.#index.searchedTo >= this.#lineCount;
    this.#observer?.onBatch({ lines: [], partials: [], lineCount: this.#index.count, isEnd });
  }

  async #read(first: number, last: number, hasDetails: boolean): Promise<readonly ViewLine[]> {
    const { source, runId, conditions } = this.#deps;
    const request = { ...conditions, runIds: [runId], fromLine: first, toLine: last, limit: 5_000 };
    const hits = await findAll(source, { ...request, hasLines: true, hasDetails });
    return hits.flatMap(({ line, number }) =>
      line === undefined ? [] : [{ ...line, origin: { runId, number } }],
    );
  }
}
