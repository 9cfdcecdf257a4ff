import type { RunId } from "#contract/ids.ts";
import type { LogHit } from "#contract/log.ts";
import type { FindWish, HitMark, Hits } from "./find-in-log.ts";
import { type Conditions, firstAt, type HitNews } from "./hit-index.ts";
import { conditionsWithin } from "./log-filter.ts";
import type { RowsFace } from "./log-place.ts";
import type { LogSource } from "./log-source.ts";
import { MERGED_HITS_LIMIT, type MergedFeed } from "./merged-feed.ts";

export interface MergedHitsDeps {
  readonly source: Pick<LogSource, "find" | "mergedPage">;
  readonly runIds: readonly RunId[];
  readonly conditions: Conditions | null;
  readonly feed: MergedFeed;
  readonly rows: RowsFace;
  readonly rowOf: (hit: Pick<LogHit, "runId" | "number" | "atMs">) => Promise<number | null>;
  readonly rowAtTime: (atMs: number) => Promise<number>;
}

/** Moments for which the row is looked up, so that marks stand where their rows do. */
const SAMPLES = 40;

/** Hits in the logs of several runs, by time; the first so many of them. */
export function createMergedHits(
  { source, runIds, conditions, rows, rowOf, rowAtTime }: MergedHitsDeps,
  wish: FindWish,
  onNews: (news: HitNews) => void,
): Hits {
  let hits: LogHit[] = [];
  let shares: readonly { atMs: number; share: number }[] = [];
  let stop: (() => void) | null = null;

  function search(): void {
    if (stop !== null) return;
    const found: LogHit[] = [];
    const request = { ...conditionsWithin(conditions ?? {}, wish), runIds, limit: MERGED_HITS_LIMIT };
    stop = source.find(request, {
      onData(news) {
        found.push(...news.hits);
        hits = found.toSorted((a, b) => a.atMs - b.atMs);
        const own = { ...news, count: hits.length, error: null };
        onNews({ ...own, isSearching: true });
        if (!news.isEnd) return;
        end();
        sampled().then(
          (next) => {
            shares = next;
            onNews({ ...own, isSearching: false });
          },
          (error: unknown) => onNews({ ...own, isSearching: false, error }),
        );
      },
      onFailed(error) {
        end();
        onNews({ count: hits.length, searchedBytes: 0, totalBytes: 0, isSearching: false, error });
      },
    });
  }

  function end(): void {
    stop?.();
    stop = null;
  }

  async function sampled() {
    const from = hits[0]?.atMs ?? 0;
    const step = ((hits.at(-1)?.atMs ?? 0) - from) / SAMPLES;
    const times = Array.from({ length: step === 0 ? 1 : SAMPLES + 1 }, (_, index) => from + step * index);
    const rowCount = Math.max(1, rows.rowCount());
    return await Promise.all(
      times.map(async (atMs) => ({ atMs, share: Math.min(1, ((await rowAtTime(atMs)) - 1) / rowCount) })),
    );
  }

  function shareOf(atMs: number): number {
    const next = firstAt(shares, (sample) => sample.atMs >= atMs);
    const above = shares[next] ?? shares.at(-1);
    const below = shares[next - 1] ?? above;
    if (above === undefined || below === undefined) return 0;
    const width = above.atMs - below.atMs;
    const part = width <= 0 ? 0 : (atMs - below.atMs) / width;
    return below.share + (above.share - below.share) * Math.min(1, part);
  }

  return {
    get count() {
      return hits.length;
    },
    search,
    stop: end,
    async rowOf(index) {
      const hit = hits[index];
      return hit === undefined ? null : await rowOf(hit);
    },
    async hitFrom(row) {
      const atMs = rows.lineAt(row)?.atMs ?? 0;
      return firstAt(hits, (hit) => hit.atMs >= atMs);
    },
    marks: (): readonly HitMark[] =>
      shares.length === 0
        ? []
        : hits.map(({ atMs }) => ({ from: shareOf(atMs), to: shareOf(atMs), count: 1 })),
  };
}

/** Rows that are looked through: what a view can hold, and some. */
const HELD_ROWS = 20_000;

/** Hits among the rows that are in memory, for views without an end to search to. */
export function createHeldHits(
  rows: RowsFace,
  { text, isCaseSensitive }: FindWish,
  onNews: (news: HitNews) => void,
): Hits {
  let found: number[] = [];
  const fold = (value: string) => (isCaseSensitive ? value : value.toLowerCase());
  return {
    get count() {
      return found.length;
    },
    search() {
      const wanted = fold(text);
      const last = rows.rowCount();
      found = [];
      for (let row = Math.max(1, last - HELD_ROWS); row <= last; row += 1) {
        const line = rows.lineAt(row);
        if (line !== undefined && fold(line.text).includes(wanted)) found.push(row);
      }
      const figures = { count: found.length, searchedBytes: 1, totalBytes: 1 };
      onNews({ ...figures, isSearching: false, error: null });
    },
    stop: () => undefined,
    rowOf: async (hit) => found[hit] ?? null,
    hitFrom: async (row) => firstAt(found, (each) => each >= row),
    marks: () => {
      const count = Math.max(1, rows.rowCount());
      return found.map((row) => ({ from: (row - 1) / count, to: row / count, count: 1 }));
    },
  };
}
