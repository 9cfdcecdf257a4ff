import type { RunReason, RunState } from "#contract/run.ts";
import type { RestartPlan } from "./manifest/class-defaults.ts";

export interface EndOfAttempt {
  readonly state: RunState;
  readonly reason: RunReason;
  /** 1 for a run somebody started. */
  readonly attempt: number;
  /** How long it ran; 0 when it never did. */
  readonly livedMs: number;
  /** False for a failed start that would only fail again. */
  readonly canRetry: boolean;
}

export interface NextAttempt {
  readonly attempt: number;
  readonly delayMs: number;
}

/** A run that lived this long was well; the next failure begins a new row of attempts. */
const LEAST_WELL_MS = 60_000;

/**
 * The attempt that follows, or null when the policy ends here.
 *
 * 1. What a person stopped is never restarted.
 * 2. A lost run is restarted only after a restart of the computer: otherwise parts of it may still live, and an
 *    agent never runs twice.
 * 3. The wait doubles from the shortest to the longest; `jitter` (0 to 1, exclusive) takes up to half of it away,
 */
export function nextAttempt(policy: RestartPlan, end: EndOfAttempt, jitter: number): NextAttempt | null {
  if (!isWanted(policy, end)) return null;
  const longestMs = Math.max(policy.backoffMinMs, policy.backoffMaxMs);
  const wasWell = end.livedMs >= Math.max(LEAST_WELL_MS, longestMs);
  const restartsSoFar = wasWell ? 0 : end.attempt - 1;
  if (policy.max !== null && restartsSoFar >= policy.max) return null;

  const wait = Math.min(longestMs, policy.backoffMinMs * 2 ** Math.min(restartsSoFar, 40));
  return { attempt: restartsSoFar + 2, delayMs: Math.round(wait * (1 - jitter / 2)) };
}

function isWanted(policy: RestartPlan, end: EndOfAttempt): boolean {
  if (policy.when === "never" || !end.canRetry) return false;
  switch (end.state) {
    case "succeeded":
      return policy.when === "always";
    case "failed":
      return end.reason.code !== "survivors";
    case "lost":
      return end.reason.code === "host-restarted";
    default:
      return false;
  }
}
