import { useQuery } from "@tanstack/react-query";
import type {
  ComposeGroup,
  ContainerDetails,
  ContainerList,
  ContainerPlan,
  Engine,
  EngineId,
  Image,
  Network,
  Prune,
  PruneList,
  Volume,
} from "#contract/engine.ts";
import type { AgentName } from "#contract/ids.ts";
import { useRpc } from "./context.ts";
import { type Live, live } from "./hooks.ts";
import { keys } from "./query-keys.ts";

/** Engines tell of their containers by events, of everything else only when they are asked. */
const ASK_AGAIN_MS = 4_000;

export function useLiveEngines(): Live<readonly Engine[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Engine[]>({
      queryKey: keys.engineList,
      queryFn: ({ signal }) => rpc.engines.list.query(undefined, { signal }),
    }),
  );
}

/** All containers of an engine; while it does not answer, those it had. */
export function useLiveContainers(engine: EngineId): Live<ContainerList> {
  const rpc = useRpc();
  return live(
    useQuery<ContainerList>({
      queryKey: keys.containerList(engine),
      queryFn: ({ signal }) => rpc.engines.containers.list.query({ engine }, { signal }),
    }),
  );
}

/** Read again whenever the container changes. */
export function useLiveContainerDetails(engine: EngineId, container: string): Live<ContainerDetails> {
  const rpc = useRpc();
  return live(
    useQuery<ContainerDetails>({
      queryKey: keys.containerDetails(engine, container),
      queryFn: ({ signal }) => rpc.engines.containers.inspect.query({ engine, container }, { signal }),
    }),
  );
}

export function useLiveImages(engine: EngineId): Live<readonly Image[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Image[]>({
      queryKey: keys.images(engine),
      queryFn: ({ signal }) => rpc.engines.images.list.query({ engine }, { signal }),
      refetchInterval: ASK_AGAIN_MS,
    }),
  );
}

export function useLiveVolumes(engine: EngineId): Live<readonly Volume[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Volume[]>({
      queryKey: keys.volumes(engine),
      queryFn: ({ signal }) => rpc.engines.images.volumes.query({ engine }, { signal }),
      refetchInterval: ASK_AGAIN_MS,
    }),
  );
}

export function useLiveNetworks(engine: EngineId): Live<readonly Network[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Network[]>({
      queryKey: keys.networks(engine),
      queryFn: ({ signal }) => rpc.engines.images.networks.query({ engine }, { signal }),
      refetchInterval: ASK_AGAIN_MS,
    }),
  );
}

/** What is known of compose projects beyond their containers. */
export function useLiveGroups(engine: EngineId): Live<readonly ComposeGroup[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly ComposeGroup[]>({
      queryKey: keys.groups(engine),
      queryFn: ({ signal }) => rpc.engines.groups.list.query({ engine }, { signal }),
      refetchInterval: ASK_AGAIN_MS,
    }),
  );
}

/** Asked anew for every question, because what would go changes. */
export function usePrunePreview(request: Prune): Live<PruneList> {
  const rpc = useRpc();
  return live(
    useQuery<PruneList>({
      queryKey: keys.prunePreview(request),
      queryFn: ({ signal }) => rpc.engines.images.prunePreview.query(request, { signal }),
      staleTime: 0,
      gcTime: 0,
    }),
  );
}

/** How the agent would run on the engine. */
export function useContainerPlan(engine: EngineId, agent: AgentName): Live<ContainerPlan> {
  const rpc = useRpc();
  return live(
    useQuery<ContainerPlan>({
      queryKey: keys.containerPlan(engine, agent),
      queryFn: ({ signal }) => rpc.engines.images.plan.query({ engine, agent }, { signal }),
      staleTime: 0,
      gcTime: 0,
    }),
  );
}
