import type { CoreEvent } from "#contract/events.ts";
import { isFinal, RUN_STATES, type Run, type RunState } from "#contract/run.ts";
import type { FromCore, Notice } from "./host-messages.ts";

/** How many live runs are asked for when it begins. */
export const RUNS_AT_START = 1_000;
export const LIVE_STATES: readonly RunState[] = RUN_STATES.filter((state) => !isFinal(state));

/** States in which a run is on its way to running. */
const STARTING: readonly RunState[] = ["queued", "starting"];

/**
 * Follows the runs for what the desktop shows outside of its windows: a notice for every run that was seen alive
 * and then failed, got lost or waits for a person, once each; and how many are alive.
 */
export class RunWatch {
  /** Bounded by the number of live runs. */
  readonly #live = new Map<string, RunState>();
  readonly #tell: (message: FromCore) => void;
  #told = "";

  constructor(live: readonly Run[], tell: (message: FromCore) => void) {
    for (const run of live) this.#live.set(run.id, run.state);
    this.#tell = tell;
    this.#tellActivity();
  }

  take(event: CoreEvent): void {
    if (event.type === "run.removed") this.#live.delete(event.runId);
    if (event.type === "run.changed") this.#change(event.run);
    this.#tellActivity();
  }

  #change(run: Run): void {
    const before = this.#live.get(run.id);
    if (isFinal(run.state)) this.#live.delete(run.id);
    else this.#live.set(run.id, run.state);
    const kind = before === undefined ? null : noticeKind(before, run.state);
    if (kind !== null) this.#tell({ type: "notice", notice: { kind, runId: run.id, agent: run.agent } });
  }

  #tellActivity(): void {
    const states = [...this.#live.values()];
    const startingRuns = states.filter((state) => STARTING.includes(state)).length;
    const activity = { type: "activity", liveRuns: states.length, startingRuns } as const;
    const text = JSON.stringify(activity);
    if (text === this.#told) return;
    this.#told = text;
    this.#tell(activity);
  }
}

function noticeKind(before: RunState, now: RunState): Notice["kind"] | null {
  if (now === "failed" || now === "lost") return "failed";
  return now === "needs-attention" && before !== now ? "needs-attention" : null;
}
