import type { RunId } from "#contract/ids.ts";
import type { DownloadKind } from "./download.ts";
import { FilteredFeed } from "./filtered-feed.ts";
import type { FindWish, Hits } from "./find-in-log.ts";
import type { HitNews } from "./hit-index.ts";
import { conditionsOf, type FilterChip } from "./log-filter.ts";
import type { LineFeed, LogSource, ViewLine } from "./log-source.ts";
import { createRunFeed, lineAtTime } from "./run-feed.ts";
import { createRunHits } from "./run-hits.ts";

/** What a view shows now, for those who count or look through its rows. */
export interface RowsFace {
  readonly rowCount: () => number;
  readonly lineAt: (row: number) => ViewLine | undefined;
}

/** Everything a view needs to know about what it shows: a log, a part of it, or several. */
export interface LogPlace {
  /** Whose log it is; with several logs, the run that stands for them in requests. */
  readonly runId: RunId;
  readonly feed: LineFeed;
  readonly isFiltered: boolean;
  readonly createHits: (rows: RowsFace, wish: FindWish, onNews: (news: HitNews) => void) => Hits;
  /** Whether hits can be looked for by a pattern. */
  readonly hasRegex: boolean;
  /** The first row that arrived at a time or later; null where nobody can tell. */
  readonly rowAtTime: ((atMs: number) => Promise<number>) | null;
  /** The row of a line of the log; null where lines have no place of their own. */
  readonly rowOf: ((line: number) => Promise<number>) | null;
  readonly kinds: readonly DownloadKind[];
}

type After = (delayMs: number, action: () => void) => () => void;

/** The log of one run, or the lines of it that fit. */
export function createRunPlace(
  { source, runId, after }: { readonly source: LogSource; readonly runId: RunId; readonly after: After },
  chips: readonly FilterChip[],
): LogPlace {
  if (chips.length === 0) {
    return {
      runId,
      feed: createRunFeed(source),
      isFiltered: false,
      hasRegex: true,
      createHits: ({ rowCount }, wish, onNews) =>
        createRunHits({ source, runId, filter: null, rowCount }, wish, onNews),
      rowAtTime: (atMs) => lineAtTime(source, runId, atMs),
      rowOf: async (line) => line,
      kinds: ["text", "jsonl", "raw"],
    };
  }
  const conditions = conditionsOf(chips);
  const feed = new FilteredFeed({ source, runId, conditions, after });
  return {
    runId,
    feed,
    isFiltered: true,
    hasRegex: true,
    createHits: ({ rowCount }, wish, onNews) =>
      createRunHits({ source, runId, filter: { conditions, feed }, rowCount }, wish, onNews),
    rowAtTime: async (atMs) => await feed.rowOf(await lineAtTime(source, runId, atMs)),
    rowOf: (line) => feed.rowOf(line),
    kinds: ["text", "jsonl"],
  };
}
