import type { QueryClient } from "@tanstack/react-query";
import type { ContainerList, Engine } from "#contract/engine.ts";
import type { CoreEvent } from "#contract/events.ts";
import { keys } from "./query-keys.ts";
import { upsert } from "./upsert.ts";

type EngineEvent = Extract<CoreEvent, { type: "engine.changed" | "containers.changed" }>;
type ContainersChanged = Extract<CoreEvent, { type: "containers.changed" }>;

/** The list after a change; containers keep their places, new ones stand last. */
export function patchContainers(
  list: ContainerList,
  { changed, removed }: Pick<ContainersChanged, "changed" | "removed">,
): ContainerList {
  const containers = new Map(list.containers.map((container) => [container.id, container]));
  for (const container of changed) containers.set(container.id, container);
  for (const id of removed) containers.delete(id);
  return { ...list, containers: [...containers.values()] };
}

export function applyEngineEvent(cache: QueryClient, event: EngineEvent): void {
  if (event.type === "engine.changed") {
    const { engine } = event;
    cache.setQueryData<readonly Engine[]>(keys.engineList, (list) =>
      list === undefined ? list : upsert(list, engine, ({ id }) => id),
    );
    cache.setQueryData<ContainerList>(keys.containerList(engine.id), (list) =>
      list === undefined ? list : { ...list, atMs: engine.answeredAtMs },
    );
    return;
  }
  cache.setQueryData<ContainerList>(keys.containerList(event.engine), (list) =>
    list === undefined ? list : patchContainers(list, event),
  );
  for (const id of [...event.changed.map((container) => container.id), ...event.removed]) {
    void cache.invalidateQueries({ queryKey: keys.containerDetails(event.engine, id) });
  }
}
