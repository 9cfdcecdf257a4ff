import type { RunId } from "#contract/ids.ts";
import type { LogHit } from "#contract/log.ts";
import { conditionsOf, type FilterChip } from "./log-filter.ts";
import type { LogPlace, RowsFace } from "./log-place.ts";
import type { LogSource } from "./log-source.ts";
import { MergedFeed } from "./merged-feed.ts";
import { createHeldHits, createMergedHits } from "./merged-hits.ts";

/** Lines around a moment among which a hit is looked for. */
const AROUND_LINES = 5_000;

/** Logs of several runs by time. */
export function createMergedPlace(
  { source, runIds }: { readonly source: LogSource; readonly runIds: readonly [RunId, ...RunId[]] },
  chips: readonly FilterChip[],
): LogPlace {
  const conditions = chips.length === 0 ? null : conditionsOf(chips);
  const feed = new MergedFeed({ source, runIds, conditions });
  const until = () => ({ ...feed.until });
  const rowAtTime = async (atMs: number) => {
    const { before } = await source.mergedPage({ runIds: [...runIds], atMs, limit: 1, until: until() });
    return before + 1;
  };
  const rowOfHit = async ({ runId, number, atMs }: Pick<LogHit, "runId" | "number" | "atMs">) => {
    const around = { runIds: [...runIds], atMs, limit: AROUND_LINES, until: until() };
    const { lines, before } = await source.mergedPage(around);
    const place = lines.findIndex((each) => each.runId === runId && each.line.number === number);
    return place === -1 ? null : before + place + 1;
  };
  return {
    runId: runIds[0],
    feed,
    isFiltered: conditions !== null,
    hasRegex: conditions === null,
    createHits: (rows: RowsFace, wish, onNews) =>
      conditions === null
        ? createMergedHits(
            { source, runIds, conditions, feed, rows, rowOf: rowOfHit, rowAtTime },
            wish,
            onNews,
          )
        : createHeldHits(rows, wish, onNews),
    rowAtTime: conditions === null ? rowAtTime : null,
    rowOf: conditions === null ? async (row) => Math.max(1, Math.min(feed.rowCount, row)) : null,
    kinds: ["text", "jsonl"],
  };
}

/** Every live run, as its lines come. `standIn` names the view in requests that need a run. */
export function createLivePlace(
  {
    source,
    standIn,
    isWanted,
  }: {
    readonly source: LogSource;
    readonly standIn: RunId;
    readonly isWanted: (runId: RunId) => boolean;
  },
  chips: readonly FilterChip[],
): LogPlace {
  const conditions = chips.length === 0 ? null : conditionsOf(chips);
  return {
    runId: standIn,
    feed: new MergedFeed({ source, runIds: null, conditions, isWanted }),
    isFiltered: conditions !== null,
    hasRegex: false,
    createHits: (rows, wish, onNews) => createHeldHits(rows, wish, onNews),
    rowAtTime: null,
    rowOf: null,
    kinds: ["text", "jsonl"],
  };
}
