import type { Container, ContainerAction, ContainerState } from "#contract/engine.ts";

const FITTING: Record<ContainerAction, readonly ContainerState[]> = {
  start: ["created", "exited", "dead", "unknown"],
  stop: ["running", "paused", "restarting", "unknown"],
  restart: ["running", "exited", "created", "restarting", "unknown"],
  pause: ["running"],
  unpause: ["paused"],
  kill: ["running", "paused", "restarting", "unknown"],
};

/** Whether the act makes sense in the container's state; the engine has the last word. */
export function canAct({ state }: Pick<Container, "state">, action: ContainerAction): boolean {
  return FITTING[action].includes(state);
}

/** Whether removing it ends a program first. */
export function isLive({ state }: Pick<Container, "state">): boolean {
  return canAct({ state }, "kill") && state !== "unknown";
}

/** Does a thing for each, a few at a time, so that an engine is not asked for hundreds of things at once. */
export async function settleEach<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  atOnce = 6,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const results: PromiseSettledResult<unknown>[] = [];
  const rest = items.entries();
  async function work(): Promise<void> {
    for (const [index, item] of rest) {
      results[index] = await act(item).then(
        (value): PromiseSettledResult<unknown> => ({ status: "fulfilled", value }),
        (reason: unknown): PromiseSettledResult<unknown> => ({ status: "rejected", reason }),
      );
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
