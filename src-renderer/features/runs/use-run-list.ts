import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { RunId } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import { type Failure, keys, type RunFilter, toFailure, useLiveRuns, useRpc } from "../../rpc/index.ts";
import { appendOlder, mergeFirstPage, withChanged, without } from "./run-list.ts";

const FIRST_PAGE = 200;
const OLDER_PAGE = 200;
/** Runs the table keeps; a person who looks for an older one narrows the filter. */
const MAX_RUNS = 20_000;

export interface RunList {
  readonly runs: readonly Run[];
  readonly total: number;
  readonly isPending: boolean;
  readonly failure: Failure | null;
  readonly refetch: () => void;
  /** Reads the next older page, when there is one. */
  readonly more: () => void;
  readonly forget: (ids: ReadonlySet<RunId>) => void;
}

/** Runs of a filter, newest first: the newest live, older ones as they are asked for. */
export function useRunList(filter: RunFilter): RunList {
  const rpc = useRpc();
  const cache = useQueryClient();
  const filterText = JSON.stringify(filter);
  const live = useLiveRuns({ ...filter, limit: FIRST_PAGE });
  const [known, setKnown] = useState<{ of: string; runs: readonly Run[] }>({ of: filterText, runs: [] });
  const [failure, setFailure] = useState<Failure | null>(null);
  const isReading = useRef(false);

  useEffect(() => {
    const page = live.data;
    if (page === undefined) return;
    setKnown((before) => ({
      of: filterText,
      runs: mergeFirstPage(before.of === filterText ? before.runs : [], page),
    }));
  }, [live.data, filterText]);

  // Older runs are in no list of the cache, but every run that changes passes through it.
  useEffect(
    () =>
      cache.getQueryCache().subscribe(({ query }) => {
        if (query.queryKey === keys.removedRuns) {
          const gone = new Set((query.state.data as readonly RunId[] | undefined) ?? []);
          setKnown((before) => {
            const runs = without(before.runs, gone);
            return runs === before.runs ? before : { ...before, runs };
          });
          return;
        }
        const [, one] = query.queryKey;
        const run =
          one === "one" && query.queryKey[0] === keys.runs[0]
            ? (query.state.data as Run | undefined)
            : undefined;
        if (run !== undefined)
          setKnown((before) => {
            const runs = withChanged(before.runs, run);
            return runs === before.runs ? before : { ...before, runs };
          });
      }),
    [cache],
  );

  const { runs } = known;
  const total = live.data?.total ?? 0;
  async function readOlder(): Promise<void> {
    const beforeId = runs.at(-1)?.id;
    if (isReading.current || beforeId === undefined || runs.length >= Math.min(total, MAX_RUNS)) return;
    isReading.current = true;
    try {
      const page = await rpc.runs.list.query({ ...filter, beforeId, limit: OLDER_PAGE });
      setKnown((before) =>
        before.of === filterText ? { ...before, runs: appendOlder(before.runs, page.runs) } : before,
      );
      setFailure(null);
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      isReading.current = false;
    }
  }

  return {
    runs,
    total,
    isPending: live.isPending,
    failure: live.failure ?? failure,
    refetch: live.refetch,
    more: () => void readOlder(),
    forget: useCallback((ids) => setKnown((before) => ({ ...before, runs: without(before.runs, ids) })), []),
  };
}
