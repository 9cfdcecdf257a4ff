import { createStore } from "zustand/vanilla";

export interface TimeCursorState {
  /** The moment somebody points at, and where they do it; null when nobody does. */
  readonly pointed: { readonly atMs: number; readonly by: "chart" | "log" } | null;
  /** The moment somebody asked to see; a new object each time. */
  readonly asked: { readonly atMs: number } | null;
}

/** A moment that charts and the log of one run share. */
export function createTimeCursor() {
  return createStore<TimeCursorState>()(() => ({ pointed: null, asked: null }));
}
export type TimeCursor = ReturnType<typeof createTimeCursor>;
