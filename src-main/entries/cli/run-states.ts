import type { FINAL_RUN_STATES, RunState } from "#contract/run.ts";

type FinalState = (typeof FINAL_RUN_STATES)[number];

/** Named again so that a command line does not load the schemas of the contract; the compiler compares. */
const FINAL: Readonly<Record<FinalState, true>> = {
  succeeded: true,
  failed: true,
  stopped: true,
  killed: true,
  lost: true,
};

/** Whether a run can never leave this state. */
export function isFinalState(state: RunState): boolean {
  return Object.hasOwn(FINAL, state);
}

/** Whether it is known if the run could be started. */
export function isStartDecided(state: RunState): boolean {
  return state !== "queued" && state !== "starting";
}

const ALL: Readonly<Record<RunState, true>> = {
  queued: true,
  starting: true,
  running: true,
  stopping: true,
  disconnected: true,
  "needs-attention": true,
  ...FINAL,
};

/** Every state a run can be in. */
export const STATE_NAMES: readonly string[] = Object.keys(ALL);

export function isState(word: string): word is RunState {
  return Object.hasOwn(ALL, word);
}
