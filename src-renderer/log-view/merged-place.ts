import type { RunId } from "#contract/ids.ts";
import { conditionsOf, type FilterChip } from "./log-filter.ts";
import type { LogPlace } from "./log-place.ts";
import type { LogSource } from "./log-source.ts";
import { type LiveRuns, MergedFeed } from "./merged-feed.ts";
import { createMergedHits } from "./merged-hits.ts";

export interface MergedPlaceDeps {
  readonly source: LogSource;
  /** Names the view in requests that need a run. */
  readonly standIn: RunId;
  /** The runs in view; a function for every live one, also those that begin later. */
  readonly runs: readonly RunId[] | (() => Promise<LiveRuns>);
  /** Whether lines of a run are shown at all. */
  readonly isWanted?: (runId: RunId) => boolean;
  /** See `MergedFeedDeps`. */
  readonly liveRows?: number;
}

/** Logs of several runs by time. */
export function createMergedPlace(
  { source, standIn, ...rest }: MergedPlaceDeps,
  chips: readonly FilterChip[],
): LogPlace {
  const conditions = chips.length === 0 ? null : conditionsOf(chips);
  const feed = new MergedFeed({ source, conditions, ...rest });
  return {
    runId: standIn,
    feed,
    isFiltered: conditions !== null,
    isPassing: typeof rest.runs === "function",
    createHits: (_rows, wish, onNews) => createMergedHits({ source, conditions, feed }, wish, onNews),
    rowAtTime: (atMs) => feed.rowAtTime(atMs),
    rowOf: async (row) => Math.max(1, Math.min(feed.rowCount, row)),
    lastLine: (rowCount) => rowCount,
    kinds: ["text", "jsonl"],
  };
}
