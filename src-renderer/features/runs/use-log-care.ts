import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LogStats, MarkLog } from "#contract/log.ts";
import { isFinal, type Run } from "#contract/run.ts";
import type { LogCare } from "../../log-view/index.ts";
import { keys, useCommand, useRpc } from "../../rpc/index.ts";
import { showFailure } from "../../workbench/index.ts";

/** Sizes of a log that grows are no events; they are asked for again. */
const LOOK_AGAIN_MS = 10_000;

export interface RunLogCare extends LogCare {
  /** How often the encoding was changed: what was read before is to be read again. */
  readonly encodingChanges: number;
}

/** What is stored of the run's log and what a person decides about it: encoding, kept or not. */
export function useLogCare(run: Run): RunLogCare {
  const rpc = useRpc();
  const cache = useQueryClient();
  const isLive = !isFinal(run.state);
  const { data, refetch } = useQuery<LogStats>({
    queryKey: keys.logStats(run.id),
    queryFn: ({ signal }) => rpc.logs.stats.query({ runId: run.id }, { signal }),
    refetchInterval: isLive ? LOOK_AGAIN_MS : false,
    // A run that has printed nothing yet has no log.
    retry: false,
  });
  useEffect(() => {
    if (!isLive) void refetch();
  }, [isLive, refetch]);
  const [encodingChanges, setEncodingChanges] = useState(0);
  const mark = useCommand(
    async (change: Omit<MarkLog, "runId">) => ({
      stats: await rpc.logs.mark.mutate({ runId: run.id, ...change }),
      isEncoding: change.encoding !== undefined,
    }),
    {
      onDone({ stats, isEncoding }) {
        cache.setQueryData(keys.logStats(run.id), stats);
        if (isEncoding) setEncodingChanges((count) => count + 1);
      },
      onFailure: showFailure,
    },
  );
  return {
    encodingChanges,
    stats: data ?? null,
    onPin: (isPinned) => mark.run({ isPinned }),
    onEncoding: (encoding) => mark.run({ encoding }),
  };
}
