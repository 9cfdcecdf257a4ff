import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import type { AgentName, RunId } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import type { LineOwner } from "../../log-view/index.ts";
import { keys, useLiveAgents, useLiveRuns, useRpc, useRunSummaries } from "../../rpc/index.ts";

/** Colours that tell agents apart; the style sheet of the log view has as many. */
const TONES = 8;
const LATEST_RUNS = 200;

export interface Owners {
  /** The same function for as long as the answers are the same. */
  readonly ownerOf: (runId: RunId) => LineOwner;
  readonly toneOf: (agent: AgentName) => number;
  /** Null while nobody knows. */
  readonly agentOf: (runId: RunId) => AgentName | null;
}

/** Whose lines are whose. */
export function useOwners(chosen: readonly Run[]): Owners {
  const agents = useLiveAgents().data;
  const summaries = useRunSummaries().data;
  const latest = useLiveRuns({ limit: LATEST_RUNS }).data?.runs;
  const names = useMemo(() => (agents ?? []).map(({ name }) => name).sort(), [agents]);
  const byRun = useMemo(() => {
    const live = (summaries ?? []).flatMap(({ agent, liveRunIds }) =>
      liveRunIds.map((id) => ({ id, agent })),
    );
    const known = [...live, ...(latest ?? []), ...chosen];
    return new Map(known.map(({ id, agent }) => [id, agent]));
  }, [summaries, latest, chosen]);
  const current = useRef(byRun);
  current.current = byRun;

  const toneOf = useCallback((agent: AgentName) => Math.max(0, names.indexOf(agent)) % TONES, [names]);
  // The lines of a run that just began ask again when they are rendered.
  const agentOf = useCallback((runId: RunId) => current.current.get(runId) ?? null, []);
  const size = byRun.size;
  const ownerOf = useCallback(
    (runId: RunId): LineOwner => {
      const agent = size >= 0 ? agentOf(runId) : null;
      return agent === null ? { agent: runId.slice(-8), tone: 0 } : { agent, tone: toneOf(agent) };
    },
    [agentOf, toneOf, size],
  );
  return useMemo(() => ({ ownerOf, toneOf, agentOf }), [ownerOf, toneOf, agentOf]);
}

/** The runs an address names, as far as they are there. */
export function useChosenRuns(ids: readonly RunId[]): readonly Run[] {
  const rpc = useRpc();
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: keys.run(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => rpc.runs.get.query({ reference: id }, { signal }),
    })),
    combine: (results) => results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  });
}
