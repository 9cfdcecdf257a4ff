import type { RunId } from "#contract/ids.ts";
import type { FindWish, HitMark, Hits } from "./find-in-log.ts";
import { type Conditions, firstAt, type HitNews } from "./hit-index.ts";
import { conditionsWithin } from "./log-filter.ts";
import type { LogSource } from "./log-source.ts";
import type { MergedFeed } from "./merged-feed.ts";
import type { PlacedRow } from "./merged-history.ts";
import { MergedIndex } from "./merged-index.ts";

export interface MergedHitsDeps {
  readonly source: Pick<LogSource, "find">;
  /** The view's own filter; null when it shows every line. */
  readonly conditions: Conditions | null;
  readonly feed: MergedFeed;
}

/** Hits in the logs of several runs, in the rows of a view of them. */
export function createMergedHits(
  { source, conditions, feed }: MergedHitsDeps,
  wish: FindWish,
  onNews: (news: HitNews) => void,
): Hits {
  let outline: readonly PlacedRow[] = [];
  let latest: HitNews | null = null;
  const index = new MergedIndex({
    source,
    conditions: conditionsWithin(conditions ?? {}, wish),
    onNews(news) {
      latest = news;
      onNews(news);
      if (!news.isSearching && news.error === null) outlineAnew(news);
    },
  });

  /** Marks need to know where rows are, which takes longer than the hits of a small log. */
  function outlineAnew(news: HitNews): void {
    feed.outline().then(
      (next) => {
        outline = next;
        onNews(latest ?? news);
      },
      (error: unknown) => onNews({ ...news, error }),
    );
  }

  async function rowOf(hit: number): Promise<number | null> {
    await index.settled();
    if (hit >= index.count) return null;
    const { history } = feed;
    if (hit < (await index.rankAt(history.times.until))) {
      const [found] = await index.hits(hit, 1, { times: history.times });
      return found === undefined ? null : await feed.rowOfHit(found);
    }
    // Rows that came line by line: the first one behind which there are more hits.
    let low = history.rowCount;
    let high = feed.rowCount;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((await index.rankAt(await feed.placeBefore(middle + 1))) > hit) high = middle;
      else low = middle;
    }
    return high === 0 ? null : high;
  }

  return {
    get count() {
      return index.count;
    },
    search: () => index.search(feed.seen),
    stop: () => index.stop(),
    rowOf,
    async hitFrom(row) {
      await index.settled();
      return await index.rankAt(await feed.placeBefore(row));
    },
    marks: () => marksOf(index, outline),
  };
}

/** Where the hits of each run are, as shares of the rows, told from the places that are known. */
function marksOf(index: MergedIndex, outline: readonly PlacedRow[]): readonly HitMark[] {
  const rowCount = Math.max(1, outline.at(-1)?.row ?? 0);
  if (outline.length === 0) return [];
  return [...index.byRun].flatMap(([runId, { all, spans }]) => {
    const share = (line: number) => roughRowOf(outline, runId, line) / rowCount;
    return (
      all?.map((line) => ({ from: share(line - 1), to: share(line - 1) + 1 / rowCount, count: 1 })) ??
      spans.map(({ from, to, count }) => ({ from: share(from - 1), to: share(to), count }))
    );
  });
}

/** About how many rows lie before the line behind the `before` first ones of a run. */
function roughRowOf(outline: readonly PlacedRow[], runId: RunId, before: number): number {
  const at = firstAt(outline, ({ place }) => (place[runId] ?? 0) > before);
  const above = outline[at];
  const below = outline[at - 1];
  if (below === undefined) return 0;
  if (above === undefined) return below.row;
  const from = below.place[runId] ?? 0;
  const width = (above.place[runId] ?? 0) - from;
  return below.row + ((above.row - below.row) * (before - from)) / Math.max(1, width);
}
