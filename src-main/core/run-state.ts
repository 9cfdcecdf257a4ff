import { isFinal, type RunState } from "#contract/run.ts";

const STEPS: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ["starting", "stopped", "killed", "failed", "needs-attention"],
  starting: ["running", "failed", "stopping", "stopped", "killed", "lost", "needs-attention", "queued"],
  running: ["stopping", "succeeded", "failed", "stopped", "killed", "lost", "disconnected"],
  stopping: ["succeeded", "failed", "stopped", "killed", "lost", "disconnected"],
  disconnected: ["running", "stopping", "succeeded", "failed", "stopped", "killed", "lost"],
  "needs-attention": ["queued", "starting", "stopped", "failed"],
  succeeded: [],
  failed: [],
  stopped: [],
  killed: [],
  lost: [],
};

/** Whether a run may go from one state to the other. Staying is always allowed; a final state is never left. */
export function canStep(from: RunState, to: RunState): boolean {
  return from === to || STEPS[from].includes(to);
}

/** Whether a process of the run may exist in this state. */
export function mayHaveProcess(state: RunState): boolean {
  return !isFinal(state) && state !== "queued" && state !== "needs-attention";
}
