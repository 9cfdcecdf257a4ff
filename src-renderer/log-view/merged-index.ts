import type { RunId } from "#contract/ids.ts";
import type { LogHit, MergedPlace } from "#contract/log.ts";
import { type Conditions, HitIndex, type HitNews } from "./hit-index.ts";
import { findAll, type LogSource } from "./log-source.ts";
import type { MergedTimes } from "./merged-times.ts";

export interface MergedIndexDeps {
  readonly source: Pick<LogSource, "find">;
  readonly conditions: Conditions;
  readonly onNews: (news: HitNews) => void;
}

/** Which hits are meant, and what is wanted of them. */
interface HitsWish {
  /** The hits before the place that these times know. */
  readonly times: MergedTimes;
  readonly hasLines?: boolean;
  readonly hasDetails?: boolean;
}

/** Logs searched at once: the engine works side by side already. */
const SIDE_BY_SIDE = 4;
/** Hits that are merged one by one on the way to a rank. */
const CLOSE_HITS = 200;

/** How many hits of each run lie before a place in the merged order. */
type Ranks = ReadonlyMap<RunId, number>;

interface Bound {
  readonly atMs: number;
  readonly ranks: Ranks;
  readonly count: number;
}

/**
 * Knows where all lines of several runs that fit are in their merged order, without holding them. Each run is counted by
 * itself (`HitIndex`); where a hit is among those of the others follows from how many hits each run has before a time.
 */
export class MergedIndex {
  readonly #deps: MergedIndexDeps;
  readonly #indexes = new Map<RunId, HitIndex>();
  #waiting: { readonly index: HitIndex; readonly toLine: number }[] = [];
  /** Lines that each search under way looks through, and the share of them that is done. */
  readonly #searching = new Map<HitIndex, { readonly lines: number; share: number }>();
  #lines = { all: 0, done: 0 };
  /** A log that grows is searched on every second, and nobody wants to see each time that it is. */
  #isFirst = true;
  #settled = Promise.withResolvers<void>();

  constructor(deps: MergedIndexDeps) {
    this.#deps = deps;
    this.#settled.resolve();
  }

  get count(): number {
    return sum([...this.#indexes.values()].map(({ count }) => count));
  }
  get byRun(): ReadonlyMap<RunId, HitIndex> {
    return this.#indexes;
  }
  get isSearching(): boolean {
    return this.#waiting.length > 0 || this.#searching.size > 0;
  }

  /** Searches what was not searched yet, up to a place. Does nothing while a search is under way. */
  search(to: MergedPlace): void {
    if (this.isSearching) return;
    this.#settled = Promise.withResolvers();
    this.#waiting = Object.entries(to).flatMap(([id, toLine]) => {
      const index = this.#indexOf(id as RunId);
      return toLine > index.searchedTo ? [{ index, toLine }] : [];
    });
    this.#lines = { all: sum(this.#waiting.map((each) => each.toLine - each.index.searchedTo)), done: 0 };
    this.#goOn();
  }

  /** Leaves it at what was found so far. */
  stop(): void {
    this.#waiting = [];
    for (const index of this.#searching.keys()) index.stop();
    this.#searching.clear();
    this.#settled.resolve();
  }

  /** Resolves when no search is under way any more. Until then ranks are not what they will be. */
  settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Whether everything before a place was searched. */
  hasSearched(to: MergedPlace): boolean {
    return Object.entries(to).every(
      ([id, line]) => (this.#indexes.get(id as RunId)?.searchedTo ?? 0) >= line,
    );
  }

  /** How many hits lie before a place. */
  async rankAt(place: MergedPlace): Promise<number> {
    return sum((await this.#ranksAt(place)).values());
  }

  /** Hits `from` to before `from + limit` in the merged order. */
  async hits(from: number, limit: number, wish: HitsWish): Promise<readonly LogHit[]> {
    return await this.#merged(await this.#ranksOf(from, wish.times), limit, wish);
  }

  /** The place before hit `rank`. */
  async placeOf(rank: number, times: MergedTimes): Promise<MergedPlace> {
    const ranks = await this.#ranksOf(rank, times);
    const entries = Object.entries(times.until).map(async ([id, until]): Promise<[string, number]> => {
      const at = ranks.get(id as RunId) ?? 0;
      const [line] = (await this.#indexes.get(id as RunId)?.numbers(at, at + 1)) ?? [];
      return [id, line === undefined ? until : Math.min(until, line - 1)];
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  #indexOf(runId: RunId): HitIndex {
    const known = this.#indexes.get(runId);
    if (known !== undefined) return known;
    const { source, conditions } = this.#deps;
    const index: HitIndex = new HitIndex({
      source,
      runId,
      conditions,
      onNews: (news) => this.#took(index, news),
    });
    this.#indexes.set(runId, index);
    return index;
  }

  #goOn(): void {
    while (this.#searching.size < SIDE_BY_SIDE) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#searching.set(next.index, { lines: next.toLine - next.index.searchedTo, share: 0 });
      next.index.search(next.toLine);
    }
    if (!this.isSearching) {
      this.#isFirst = false;
      this.#settled.resolve();
      this.#tell(null);
    } else if (this.#isFirst) this.#tell(null);
  }

  #took(index: HitIndex, { error, isSearching, searchedBytes, totalBytes }: HitNews): void {
    const own = this.#searching.get(index);
    if (own === undefined) return;
    if (error !== null) {
      this.stop();
      this.#tell(error);
      return;
    }
    own.share = searchedBytes / Math.max(1, totalBytes);
    if (!isSearching) {
      this.#searching.delete(index);
      this.#lines.done += own.lines;
      this.#goOn();
    } else if (this.#isFirst) this.#tell(null);
  }

  #tell(error: unknown): void {
    const { all, done } = this.#lines;
    const underWay = sum([...this.#searching.values()].map(({ lines, share }) => lines * share));
    // Lines stand for bytes: nobody knows the bytes of a log before it is searched.
    const figures = { searchedBytes: done + underWay, totalBytes: all };
    this.#deps.onNews({ ...figures, count: this.count, isSearching: this.isSearching, error });
  }

  async #ranksAt(place: MergedPlace): Promise<Ranks> {
    const ranks = [...this.#indexes].map(async ([runId, index]): Promise<[RunId, number]> => {
      const before = place[runId] ?? 0;
      return [runId, before === 0 ? 0 : await index.rankOf(before + 1)];
    });
    return new Map(await Promise.all(ranks));
  }

  async #ranksOf(rank: number, times: MergedTimes): Promise<Ranks> {
    const { ranks, count } = await this.#boundBefore(rank, times);
    if (rank === count) return ranks;
    const passed = new Map(ranks);
    for (const { runId } of await this.#merged(ranks, rank - count, { times }))
      passed.set(runId, (passed.get(runId) ?? 0) + 1);
    return passed;
  }

  /** A time with not many fewer hits before it than `rank`, or the last one before they get more. */
  async #boundBefore(rank: number, times: MergedTimes): Promise<Bound> {
    let low: Bound = { atMs: 0, ranks: new Map(), count: 0 };
    if (rank <= CLOSE_HITS) return low;
    const { firstMs, lastMs } = await times.bounds();
    low = { ...low, atMs: firstMs };
    let highMs = lastMs + 1;
    while (rank - low.count > CLOSE_HITS && highMs - low.atMs > 1) {
      const atMs = Math.floor((low.atMs + highMs) / 2);
      const ranks = await this.#ranksAt(await times.placeAt(atMs));
      const count = sum(ranks.values());
      if (count > rank) highMs = atMs;
      else low = { atMs, ranks, count };
    }
    return low;
  }

  async #merged(from: Ranks, limit: number, wish: HitsWish): Promise<LogHit[]> {
    const until = await this.#ranksAt(wish.times.until);
    const lanes = await Promise.all(
      [...this.#indexes].map(async ([runId, index]) => {
        const first = from.get(runId) ?? 0;
        const end = Math.min(until.get(runId) ?? 0, first + limit);
        return await this.#read(runId, index, { first, end, ...wish });
      }),
    );
    return mergedByTime(lanes, limit);
  }

  async #read(
    runId: RunId,
    index: HitIndex,
    { first, end, hasLines = false, hasDetails = false }: HitsWish & { first: number; end: number },
  ): Promise<readonly LogHit[]> {
    if (end <= first) return [];
    const [fromLine] = await index.numbers(first, first + 1);
    const [toLine] = await index.numbers(end - 1, end);
    if (fromLine === undefined || toLine === undefined) return [];
    const { source, conditions } = this.#deps;
    const range = { runIds: [runId], fromLine, toLine, limit: end - first };
    return await findAll(source, { ...conditions, ...range, hasLines, hasDetails });
  }
}

/** The first of several lists that are in order; what has the same time comes in the order of the lists. */
function mergedByTime<T extends { readonly atMs: number }>(
  lanes: readonly (readonly T[])[],
  limit: number,
): T[] {
  const heads = lanes.map(() => 0);
  const merged: T[] = [];
  while (merged.length < limit) {
    let best = -1;
    for (const [lane, items] of lanes.entries()) {
      const item = items[heads[lane] ?? 0];
      const least = lanes[best]?.[heads[best] ?? 0];
      if (item !== undefined && (least === undefined || item.atMs < least.atMs)) best = lane;
    }
    const item = lanes[best]?.[heads[best] ?? 0];
    if (item === undefined) break;
    merged.push(item);
    heads[best] = (heads[best] ?? 0) + 1;
  }
  return merged;
}

function sum(values: Iterable<number>): number {
  return Iterator.from(values).reduce((total, value) => total + value, 0);
}
