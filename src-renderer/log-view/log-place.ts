import type { RunId } from "#contract/ids.ts";
import type { DownloadKind } from "./download.ts";
import { FilteredFeed } from "./filtered-feed.ts";
import type { FindWish, Hits } from "./find-in-log.ts";
import type { HitNews } from "./hit-index.ts";
import { conditionsOf, type FilterChip } from "./log-filter.ts";
import type { LineFeed, LogSource } from "./log-source.ts";
import { createRunFeed, lineAtTime } from "./run-feed.ts";
import { createRunHits } from "./run-hits.ts";

/** Everything a view needs to know about what it shows: a log, a part of it, or several. */
export interface LogPlace {
  /** Whose log it is; with several logs, the run that stands for them in requests. */
  readonly runId: RunId;
  readonly feed: LineFeed;
  readonly isFiltered: boolean;
  /** `rowCount` tells how many rows the view knows. */
  readonly createHits: (rowCount: () => number, wish: FindWish, onNews: (news: HitNews) => void) => Hits;
  /** Whatever run is live is shown. */
  readonly isPassing: boolean;
  /** The first row that arrived at a time or later. */
  readonly rowAtTime: (atMs: number) => Promise<number>;
  /** The row of a line of the log; of several logs, lines are counted as rows. */
  readonly rowOf: (line: number) => Promise<number>;
  /** The last line that `rowOf` knows, in a view of so many rows. */
  readonly lastLine: (rowCount: number) => number;
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
      isPassing: false,
      createHits: (rowCount, wish, onNews) =>
        createRunHits({ source, runId, filter: null, rowCount }, wish, onNews),
      rowAtTime: (atMs) => lineAtTime(source, runId, atMs),
      rowOf: async (line) => line,
      lastLine: (rowCount) => rowCount,
      kinds: ["text", "jsonl", "raw"],
    };
  }
  const conditions = conditionsOf(chips);
  const feed = new FilteredFeed({ source, runId, conditions, after });
  return {
    runId,
    feed,
    isFiltered: true,
    isPassing: false,
    createHits: (rowCount, wish, onNews) =>
      createRunHits({ source, runId, filter: { conditions, feed }, rowCount }, wish, onNews),
    rowAtTime: async (atMs) => await feed.rowOf(await lineAtTime(source, runId, atMs)),
    rowOf: (line) => feed.rowOf(line),
    lastLine: () => feed.lineCount,
    kinds: ["text", "jsonl"],
  };
}
