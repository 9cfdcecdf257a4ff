import { createStore } from "zustand/vanilla";
import type { EngineProgress } from "#contract/engine.ts";

/** One layer of a pull as it stands now. */
export interface LayerProgress {
  readonly layer: string;
  readonly text: string;
  readonly doneBytes: number | null;
  readonly totalBytes: number | null;
}

export interface EngineJobState {
  /**
   * - `running`: goes on; leaving ends it
   * - `done`: went well
   * - `cancelled`: a person ended it
   * - `failed`: see `error`
   */
  readonly status: "running" | "done" | "cancelled" | "failed";
  readonly error: unknown;
  /** In the order in which they were first named. */
  readonly layers: readonly LayerProgress[];
  /** Output, the newest lines of it. */
  readonly output: string;
}

/** What is kept of a long output; its end says why something failed. */
const MOST_CHARACTERS = 200_000;

/** Takes one step of a pull, a build or a compose command in. */
export function withStep(state: EngineJobState, step: EngineProgress): EngineJobState {
  if (step.layer === "") {
    const line = step.text.endsWith("\n") || step.text === "" ? step.text : `${step.text}\n`;
    const output = `${state.output}${line}`;
    // Cutting costs as much as what is kept, so it is not done with every line.
    return {
      ...state,
      output: output.length > 2 * MOST_CHARACTERS ? output.slice(-MOST_CHARACTERS) : output,
    };
  }
  const known = state.layers.find(({ layer }) => layer === step.layer);
  if (known === undefined) return { ...state, layers: [...state.layers, step] };
  // An engine that goes on to unpack a layer tells the size only while it is downloaded.
  const next = { ...step, totalBytes: step.totalBytes ?? known.totalBytes };
  return { ...state, layers: state.layers.map((each) => (each === known ? next : each)) };
}

/** Share of what is known to come, 0 to 1; null while nobody knows how much that is. */
export function jobShare(layers: readonly LayerProgress[]): number | null {
  const known = layers.filter(({ totalBytes }) => totalBytes !== null && totalBytes > 0);
  const total = known.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0);
  if (total === 0) return null;
  const done = known.reduce(
    (sum, { doneBytes, totalBytes }) => sum + Math.min(doneBytes ?? totalBytes ?? 0, totalBytes ?? 0),
    0,
  );
  return done / total;
}

export interface JobObserver {
  readonly onData: (step: EngineProgress) => void;
  readonly onComplete: () => void;
  readonly onError: (error: unknown) => void;
}

/** Follows a job from its beginning; cancelling it ends it on the engine too. */
export function createEngineJob(subscribe: (observer: JobObserver) => { unsubscribe(): void }) {
  const store = createStore<EngineJobState>()(() => ({
    status: "running",
    error: null,
    layers: [],
    output: "",
  }));
  const end = (status: "done" | "cancelled" | "failed", error: unknown = null) => {
    if (store.getState().status === "running") store.setState({ status, error });
  };
  const subscription = subscribe({
    onData: (step) => store.setState((state) => withStep(state, step)),
    onComplete: () => end("done"),
    onError: (error) => end("failed", error),
  });
  return {
    store,
    cancel(): void {
      end("cancelled");
      subscription.unsubscribe();
    },
  };
}
export type EngineJob = ReturnType<typeof createEngineJob>;
