import type { RunReason, RunState } from "#contract/run.ts";

/** Why a run is being stopped; decides its final state. */
export type StopIntent = "user-soft" | "user-hard" | "time-limit" | "unhealthy";

/** How a run ended, as the target tells it. */
export interface EndFacts {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly cause: "ended" | "out-of-memory" | "host-restarted" | "unknown";
  /** When it ended, by the clock of the target; absent when nobody saw it. */
  readonly atMs?: number;
}

/** What a stop achieved; null when no stop was asked for or its answer was lost with a core. */
export interface StopFacts {
  readonly isGone: boolean;
  readonly wasKilled: boolean;
  readonly survivors: readonly number[];
}

export interface EndedRun {
  readonly intent: StopIntent | null;
  readonly exit: EndFacts;
  readonly stop: StopFacts | null;
  /** For the reason's details, where the manifest sets them. */
  readonly graceMs: number;
  readonly timeoutMs: number | null;
  readonly memoryLimitBytes: number | null;
  /** What the health check saw last; only read for the intent `unhealthy`. */
  readonly unhealthy: { readonly failures: number; readonly problem: string } | null;
}

export interface FinalState {
  readonly state: Extract<RunState, "succeeded" | "failed" | "stopped" | "killed" | "lost">;
  readonly reason: RunReason;
}

/**
 * The final state of a run and why.
 *
 * 1. What a person stopped is `stopped` or `killed`, never a success, whatever exit code it left.
 * 2. A run whose end nobody saw is `lost`, also when a stop was on its way, unless the stop saw it gone.
 * 3. Processes that outlived a stop are named, whatever the stop was for.
 */
export function finalState(ended: EndedRun): FinalState {
  if (ended.stop !== null && ended.stop.survivors.length > 0) {
    const state = isOfUser(ended.intent) ? "killed" : "failed";
    return final(state, "survivors", { pids: ended.stop.survivors.join(", ") });
  }
  const wasSeenGone = ended.intent !== null && ended.stop?.isGone === true;
  if (ended.exit.cause === "host-restarted") return final("lost", "host-restarted", {});
  if (ended.exit.cause === "unknown" && !wasSeenGone) return final("lost", "supervisor-gone", {});

  switch (ended.intent) {
    case null:
      return ownEnd(ended);
    case "user-hard":
      return final("killed", "killed-by-user", {});
    case "user-soft":
      return softEnd(ended);
    case "time-limit":
      return final("failed", "time-limit", { timeoutMs: ended.timeoutMs ?? 0 });
    case "unhealthy":
      return final("failed", "unhealthy", {
        failures: ended.unhealthy?.failures ?? 0,
        problem: ended.unhealthy?.problem ?? "",
      });
  }
}

function isOfUser(intent: StopIntent | null): boolean {
  return intent === "user-soft" || intent === "user-hard";
}

function softEnd(ended: EndedRun): FinalState {
  // The answer of a stop is lost when a core dies during the grace time; the signal still tells.
  const wasKilled = ended.stop?.wasKilled === true || ended.exit.signal === "SIGKILL";
  return wasKilled
    ? final("killed", "killed-after-grace", { graceMs: ended.graceMs })
    : final("stopped", "stopped-by-user", {});
}

function ownEnd({ exit, memoryLimitBytes }: EndedRun): FinalState {
  if (exit.cause === "out-of-memory") {
    return final("failed", "out-of-memory", { limitBytes: memoryLimitBytes ?? 0 });
  }
  if (exit.signal !== null) return final("failed", "signalled", { signal: exit.signal });
  if (exit.exitCode === 0) return final("succeeded", "exited", { exitCode: 0 });
  return final("failed", "exited", exit.exitCode === null ? {} : { exitCode: exit.exitCode });
}

function final(
  state: FinalState["state"],
  code: RunReason["code"],
  details: RunReason["details"],
): FinalState {
  return { state, reason: { code, details } };
}
