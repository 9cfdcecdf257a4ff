import { createContext, use, useEffect } from "react";
import { useStore } from "zustand";
import type { Container, ContainerLoad } from "#contract/engine.ts";
import { useFormat } from "../../ui/index.ts";
import type { Loads } from "./loads.ts";

/** Where the rows of a table read their load from. */
export const LoadsContext = createContext<Loads | null>(null);

function useLoad({ id, state }: Container): ContainerLoad | null {
  const loads = use(LoadsContext);
  if (loads === null) throw new Error("This part stands outside of LoadsContext");
  const isRunning = state === "running";
  useEffect(() => (isRunning ? loads.watch([id]) : undefined), [loads, id, isRunning]);
  const load = useStore(loads.store, (known) => known.loads.get(id)) ?? null;
  return isRunning ? load : null;
}

/** 100 % is one core fully used, as `docker stats` and `top` count. */
export function CpuCell({ container }: { readonly container: Container }) {
  const format = useFormat();
  const load = useLoad(container);
  if (load === null) return <span>–</span>;
  return <span className="ph-figures">{format.number(load.cpuCores * 100, 1)}&nbsp;%</span>;
}

export function MemoryCell({ container }: { readonly container: Container }) {
  const format = useFormat();
  const load = useLoad(container);
  if (load === null) return <span>–</span>;
  const limit = load.memoryLimitBytes;
  const text = format.bytes(load.memoryBytes);
  return (
    <span className="ph-figures" title={limit === null ? text : `${text} / ${format.bytes(limit)}`}>
      {text}
    </span>
  );
}
