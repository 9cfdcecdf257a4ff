import type { RunId } from "#contract/ids.ts";
import type { FilteredFeed } from "./filtered-feed.ts";
import type { FindWish, HitMark, Hits } from "./find-in-log.ts";
import { type Conditions, HitIndex, type HitNews } from "./hit-index.ts";
import { conditionsWithin } from "./log-filter.ts";
import type { LogSource } from "./log-source.ts";

export interface RunHitsDeps {
  readonly source: Pick<LogSource, "find">;
  readonly runId: RunId;
  /** The view's own filter, and its rows; null when it shows every line. */
  readonly filter: { readonly conditions: Conditions; readonly feed: FilteredFeed } | null;
  /** Rows of the view now. */
  readonly rowCount: () => number;
}

/** Hits in the log of one run, in the rows of a view of it. */
export function createRunHits(
  { source, runId, filter, rowCount }: RunHitsDeps,
  wish: FindWish,
  onNews: (news: HitNews) => void,
): Hits {
  const conditions = conditionsWithin(filter?.conditions ?? {}, wish);
  const index = new HitIndex({ source, runId, conditions, onNews });
  /** Lines of the log as far as the view knows them. */
  const lastLine = () => (filter === null ? rowCount() : filter.feed.index.searchedTo);
  const rowShare = (line: number) =>
    (filter === null ? line : filter.feed.index.roughRankOf(line)) / Math.max(1, rowCount());
  return {
    get count() {
      return index.count;
    },
    search: () => index.search(lastLine()),
    stop: () => index.stop(),
    async rowOf(hit) {
      const [line] = await index.numbers(hit, hit + 1);
      if (line === undefined) return null;
      return filter === null ? line : await filter.feed.rowOf(line);
    },
    async hitFrom(row) {
      const lines = filter === null ? [row] : await filter.feed.index.numbers(row - 1, row);
      return await index.rankOf(lines[0] ?? 1);
    },
    marks: (): readonly HitMark[] =>
      index.all?.map((line) => ({ from: rowShare(line - 1), to: rowShare(line), count: 1 })) ??
      index.spans.map(({ from, to, count }) => ({ from: rowShare(from - 1), to: rowShare(to), count })),
  };
}
