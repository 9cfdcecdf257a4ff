import {
  type QueryClient,
  queryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
} from "@tanstack/react-query";
import { useRef } from "react";
import type { Agent, SampleAgent } from "#contract/agent.ts";
import type { AgentName, RunId, TargetId } from "#contract/ids.ts";
import type { AgentRunSummary, LoadSample, Run, RunPage, Screenshot, TimelineEntry } from "#contract/run.ts";
import type { DoctorCheck, Settings, SystemInfo } from "#contract/system.ts";
import type { Target } from "#contract/target.ts";
import type { RpcClient } from "./client.ts";
import { useRpc } from "./context.ts";
import { type Failure, toFailure } from "./failure.ts";
import { keys, type RunFilter } from "./query-keys.ts";

/**
 * Values of the core that stay current by themselves: read once, then kept up to date by the core's events.
 * `data` is undefined until the first answer; `failure` tells why there is none.
 */
export interface Live<T> {
  readonly data: T | undefined;
  readonly failure: Failure | null;
  /** True until the first answer or failure. */
  readonly isPending: boolean;
  readonly refetch: () => void;
}

export function live<T>(query: UseQueryResult<T>): Live<T> {
  return {
    data: query.data,
    failure: query.error === null ? null : toFailure(query.error),
    isPending: query.isPending,
    refetch: () => void query.refetch(),
  };
}

export function useLiveAgents(): Live<readonly Agent[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Agent[]>({
      queryKey: keys.agentList,
      queryFn: ({ signal }) => rpc.agents.list.query(undefined, { signal }),
    }),
  );
}

export function useLiveAgent(name: AgentName): Live<Agent> {
  const rpc = useRpc();
  return live(
    useQuery<Agent>({
      queryKey: keys.agent(name),
      queryFn: ({ signal }) => rpc.agents.get.query({ name }, { signal }),
    }),
  );
}

/** Text of `agent.yaml` as it is on disk; read again when the agent changes. */
export function useManifestText(name: AgentName): Live<string> {
  const rpc = useRpc();
  return live(
    useQuery<string>({
      queryKey: keys.manifestText(name),
      queryFn: ({ signal }) => rpc.agents.manifestText.query({ name }, { signal }),
    }),
  );
}

export function useSamples(): Live<readonly SampleAgent[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly SampleAgent[]>({
      queryKey: keys.samples,
      queryFn: ({ signal }) => rpc.agents.samples.query(undefined, { signal }),
    }),
  );
}

/** Runs newest first. While a new filter is being read, the rows of the old one stay. */
export function useLiveRuns(filter: RunFilter = {}): Live<RunPage> {
  const rpc = useRpc();
  return live(
    useQuery<RunPage>({
      queryKey: keys.runList(filter),
      queryFn: ({ signal }) => rpc.runs.list.query(filter, { signal }),
      placeholderData: (previous) => previous,
    }),
  );
}

/** The latest run and the live ones of every agent that has run, however many runs there are. */
export function useRunSummaries(): Live<readonly AgentRunSummary[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly AgentRunSummary[]>({
      queryKey: keys.runSummaries,
      queryFn: ({ signal }) => rpc.runs.summaries.query(undefined, { signal }),
    }),
  );
}

export function useLiveRun(id: RunId): Live<Run> {
  const rpc = useRpc();
  return live(
    useQuery<Run>({
      queryKey: keys.run(id),
      queryFn: ({ signal }) => rpc.runs.get.query({ reference: id }, { signal }),
    }),
  );
}

export function useLiveTimeline(id: RunId): Live<readonly TimelineEntry[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly TimelineEntry[]>({
      queryKey: keys.timeline(id),
      queryFn: ({ signal }) => rpc.runs.timeline.query({ runId: id }, { signal }),
    }),
  );
}

/** CPU and memory over time; while `isGrowing`, asked again every two seconds (samples are no events). */
export function useLoadSamples(id: RunId, isGrowing: boolean): Live<readonly LoadSample[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly LoadSample[]>({
      queryKey: keys.load(id),
      queryFn: ({ signal }) => rpc.runs.load.query({ runId: id }, { signal }),
      refetchInterval: isGrowing ? 2_000 : false,
    }),
  );
}

export function useLiveScreenshots(id: RunId): Live<readonly Screenshot[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Screenshot[]>({
      queryKey: keys.screens(id),
      queryFn: ({ signal }) => rpc.screens.list.query({ runId: id }, { signal }),
    }),
  );
}

export function useLiveTargets(): Live<readonly Target[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Target[]>({
      queryKey: keys.targetList,
      queryFn: ({ signal }) => rpc.targets.list.query(undefined, { signal }),
    }),
  );
}

export function useLiveTarget(id: TargetId): Live<Target> {
  const rpc = useRpc();
  return live(
    useQuery<Target>({
      queryKey: keys.target(id),
      queryFn: ({ signal }) => rpc.targets.get.query({ target: id }, { signal }),
    }),
  );
}

export function useLiveSettings(): Live<Settings> {
  return live(useQuery(settingsQuery(useRpc())));
}

/** Asks before there is anything on the page that would; `useLiveSettings` takes up the answer or the question. */
export function prefetchSettings(cache: QueryClient, rpc: RpcClient): void {
  void cache.prefetchQuery(settingsQuery(rpc));
}

function settingsQuery(rpc: RpcClient) {
  return queryOptions<Settings>({
    queryKey: keys.settings,
    queryFn: ({ signal }) => rpc.system.settings.query(undefined, { signal }),
  });
}

export function useSystemInfo(): Live<SystemInfo> {
  const rpc = useRpc();
  return live(
    useQuery<SystemInfo>({
      queryKey: keys.info,
      queryFn: ({ signal }) => rpc.system.info.query(undefined, { signal }),
    }),
  );
}

export function useDoctor(): Live<readonly DoctorCheck[]> & { readonly isLooking: boolean } {
  const rpc = useRpc();
  const query = useQuery<readonly DoctorCheck[]>({
    queryKey: keys.doctor,
    queryFn: ({ signal }) => rpc.system.doctor.query(undefined, { signal }),
    staleTime: 30_000,
  });
  return { ...live(query), isLooking: query.isFetching };
}

/** Something a person asked for: `run` asks once, `isBusy` while it lasts, `failure` when it was refused. */
export interface Command<TInput, TAnswer> {
  readonly run: (input: TInput) => void;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  readonly reset: () => void;
  readonly answer: TAnswer | undefined;
}

export interface CommandOptions<TAnswer> {
  readonly onDone?: (answer: TAnswer) => void;
  /** Called instead of nothing; give `showFailure` of ui/ for a toast, or show `failure` in place. */
  readonly onFailure?: (failure: Failure) => void;
}

/** Inputs are plain data; two that read the same ask for the same. */
function keyOf(input: unknown): string {
  return JSON.stringify(input) ?? "";
}

/**
 * Wraps a mutation: `useCommand((input: StopRun) => rpc.runs.stop.mutate(input), { onDone })`. Never repeated by
 * itself, and what is under way is not asked for a second time.
 */
export function useCommand<TInput, TAnswer>(
  call: (input: TInput) => Promise<TAnswer>,
  options: CommandOptions<TAnswer> = {},
): Command<TInput, TAnswer> {
  const underWay = useRef(new Set<string>());
  const mutation = useMutation<TAnswer, unknown, TInput>({
    mutationFn: async (input) => {
      try {
        return await call(input);
      } finally {
        underWay.current.delete(keyOf(input));
      }
    },
    onSuccess: (answer) => options.onDone?.(answer),
    onError: (error) => options.onFailure?.(toFailure(error)),
  });
  return {
    run: (input) => {
      // A button is only disabled with the next picture; a second click before it would ask for the same again.
      if (underWay.current.has(keyOf(input))) return;
      underWay.current.add(keyOf(input));
      mutation.mutate(input);
    },
    isBusy: mutation.isPending,
    failure: mutation.error === null ? null : toFailure(mutation.error),
    reset: mutation.reset,
    answer: mutation.data,
  };
}
