import { createStore } from "zustand/vanilla";

/**
 * - `connecting`: not there yet, or lost so short a time ago that nobody needs to know
 * - `live`: everything on the page is current
 * - `gone`: no core for a second or more; what the page shows may be old
 * - `unauthorised`: the core is there and does not know this page's session
 */
export type ConnectionPhase = "connecting" | "live" | "gone" | "unauthorised";

export interface ConnectionState {
  readonly phase: ConnectionPhase;
  /** When the page was live last, milliseconds since the epoch; null before the first time. */
  readonly lastLiveAtMs: number | null;
}

/** How long a lost connection may take to come back before the page says so. */
export const GONE_AFTER_MS = 1_000;

export interface ConnectionTrackerDeps {
  readonly nowMs: () => number;
  /** Calls `action` once after `delayMs`; the returned function takes it back. */
  readonly after: (delayMs: number, action: () => void) => () => void;
}

/** Follows the connection and says what the page has to know about it; a blink shorter than a second is none. */
export function createConnectionTracker({ nowMs, after }: ConnectionTrackerDeps) {
  const store = createStore<ConnectionState>()(() => ({ phase: "connecting", lastLiveAtMs: null }));
  let takeBack: (() => void) | null = null;

  function awaitReturn(): void {
    takeBack ??= after(GONE_AFTER_MS, () => {
      takeBack = null;
      store.setState({ phase: "gone" });
    });
  }
  function settle(phase: ConnectionPhase): void {
    takeBack?.();
    takeBack = null;
    store.setState(phase === "live" ? { phase, lastLiveAtMs: nowMs() } : { phase });
  }

  return {
    store,
    opened: () => settle("live"),
    refused: () => settle("unauthorised"),
    /** The connection is lost, or an attempt to make it failed. Safe to call for every attempt. */
    lost(): void {
      const { phase } = store.getState();
      if (phase === "gone" || phase === "unauthorised") return;
      if (phase === "live") store.setState({ phase: "connecting", lastLiveAtMs: nowMs() });
      awaitReturn();
    },
  };
}
export type ConnectionTracker = ReturnType<typeof createConnectionTracker>;
