import { notifyManager, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useStore } from "zustand";
import type { Agent } from "#contract/agent.ts";
import type { LogSink } from "#contract/log-sink.ts";
import { applyEvent } from "./cache-patches.ts";
import { createChoice } from "./choice.ts";
import { useRpc } from "./context.ts";
import { type Failure, toFailure } from "./failure.ts";
import { keys } from "./query-keys.ts";

/** What is shown, and what changes it: at once, and back again when the core refuses. */
export type Choice<T> = readonly [shown: T, choose: (value: T) => void];

type OnFailure = (failure: Failure) => void;

function useChoice<T>(stored: T, store: (value: T) => Promise<void>, onFailure: OnFailure): Choice<T> {
  const [choice] = useState(() =>
    createChoice<T>({
      later: (step) => notifyManager.schedule(step),
      onRefused: (error) => onFailure(toFailure(error)),
    }),
  );
  const { actions, chosen } = useStore(choice);
  return [chosen === null ? stored : chosen.value, (value) => actions.choose(value, store)];
}

/** Whether an agent starts together with Pilothouse. */
export function useAutostart({ isAutostart: stored, name }: Agent, onFailure: OnFailure): Choice<boolean> {
  const rpc = useRpc();
  const cache = useQueryClient();
  const store = async (isAutostart: boolean) => {
    const agent = await rpc.agents.setSettings.mutate({ name, settings: { isAutostart } });
    applyEvent(cache, { type: "agent.changed", agent });
  };
  return useChoice(stored, store, onFailure);
}

/** Whether output is forwarded there. */
export function useSinkSwitch(
  { agents, isOn: stored, name, target }: LogSink,
  onFailure: OnFailure,
): Choice<boolean> {
  const rpc = useRpc();
  const cache = useQueryClient();
  const store = async (isOn: boolean) => {
    const sink = await rpc.sinks.set.mutate({
      name,
      target,
      isOn,
      agents: agents === null ? null : [...agents],
    });
    // An older answer may still be on its way.
    await cache.cancelQueries({ queryKey: keys.sinks }, { revert: false });
    cache.setQueryData<readonly LogSink[]>(keys.sinks, (list) =>
      list?.map((each) => (each.name === name ? sink : each)),
    );
  };
  return useChoice(stored, store, onFailure);
}
