import { createStore } from "zustand/vanilla";
import type { ContainerLoad, EngineId } from "#contract/engine.ts";

/** The stream of `engines.containers.load`; the returned function ends it. */
export type FollowLoads = (
  request: { readonly engine: EngineId; readonly containers: readonly string[] },
  onLoad: (load: ContainerLoad) => void,
) => () => void;

export interface LoadsDeps {
  readonly engine: EngineId;
  readonly follow: FollowLoads;
  /** Calls `action` after a pause; the returned function takes it back. */
  readonly after: (delayMs: number, action: () => void) => () => void;
}

export interface LoadsState {
  /** The latest sample of each watched container. */
  readonly loads: ReadonlyMap<string, ContainerLoad>;
}

/** Rows come and go while somebody scrolls; the engine is asked once they rest. */
const REST_MS = 300;
/** What one request may name. */
const MOST_WATCHED = 1_000;

/**
 * Load of the containers somebody looks at. The engine samples only those that are watched, because a sample of
 * every container costs an engine with thousands of them a core.
 */
export function createLoads({ engine, follow, after }: LoadsDeps) {
  const store = createStore<LoadsState>()(() => ({ loads: new Map() }));
  const watchers = new Map<string, number>();
  let followed = "";
  let end: (() => void) | null = null;
  let takeBack: (() => void) | null = null;

  function renew(): void {
    takeBack = null;
    const containers = [...watchers.keys()].sort().slice(0, MOST_WATCHED);
    const wanted = containers.join();
    if (wanted === followed) return;
    end?.();
    end = null;
    followed = wanted;
    store.setState(({ loads }) => ({ loads: new Map([...loads].filter(([id]) => watchers.has(id))) }));
    if (containers.length === 0) return;
    end = follow({ engine, containers }, (load) =>
      store.setState(({ loads }) => ({ loads: new Map(loads).set(load.containerId, load) })),
    );
  }
  function soon(): void {
    takeBack ??= after(REST_MS, renew);
  }
  return {
    store,
    /** Begins to watch; the returned function ends it. Several may watch the same container. */
    watch(ids: readonly string[]): () => void {
      for (const id of ids) watchers.set(id, (watchers.get(id) ?? 0) + 1);
      soon();
      return () => {
        for (const id of ids) {
          const left = (watchers.get(id) ?? 0) - 1;
          if (left > 0) watchers.set(id, left);
          else watchers.delete(id);
        }
        soon();
      };
    },
    /** Ends the stream. */
    close(): void {
      takeBack?.();
      takeBack = null;
      end?.();
      end = null;
      followed = "";
    },
  };
}
export type Loads = ReturnType<typeof createLoads>;
