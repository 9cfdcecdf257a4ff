import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { Run, RunReason, RunState } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { type FinalState, finalState } from "#core/final-state.ts";
import type { RunPlan } from "#core/manifest/class-defaults.ts";
import { type NextAttempt, nextAttempt } from "#core/restart-policy.ts";
import type { FollowedEnd } from "./live-run.ts";
import type { RunBook } from "./run-book.ts";
import type { NewRun, RunChange, StoredRun } from "./run-records.ts";
import type { RunsLog } from "./sources.ts";

export interface RunEndingDeps {
  readonly book: RunBook;
  readonly clock: Clock;
  readonly log: RunsLog;
  /** From 0 to 1, exclusive. */
  readonly random: () => number;
  readonly newRunId: () => RunId;
}

interface Ending {
  readonly state: RunState;
  readonly reason: RunReason;
  readonly exitCode: number | null;
  readonly canRetry: boolean;
  /** When the target saw it end; null when nobody did. */
  readonly seenEndMs: number | null;
}

/** Stores the end of a run, together with its successor when the restart policy asks for one. */
export class RunEnding {
  readonly #deps: RunEndingDeps;

  constructor(deps: RunEndingDeps) {
    this.#deps = deps;
  }

  /** Stores the end of a run that was followed. The successor, when there is one. */
  ended(id: RunId, plan: RunPlan, end: FollowedEnd): Run | null {
    const stored = this.#deps.book.get(id);
    const { state, reason } = this.#judge(stored, plan, end);
    const { exitCode, atMs: seenEndMs = null } = end.exit;
    return this.#store(stored, plan, { state, reason, exitCode, canRetry: true, seenEndMs });
  }

  /** Stores that a start came to nothing. The successor, when there is one. */
  neverRan(id: RunId, plan: RunPlan, error: unknown): Run | null {
    const stored = this.#deps.book.get(id);
    if (stored.stopIntent !== null) {
      const isHard = stored.stopIntent === "user-hard";
      const reason = { code: isHard ? "killed-by-user" : "stopped-by-user", details: {} } as const;
      return this.#store(stored, plan, {
        state: isHard ? "killed" : "stopped",
        reason,
        exitCode: null,
        canRetry: false,
        seenEndMs: null,
      });
    }
    const known = error instanceof AppError ? error : this.#bug(error, id);
    const { retryable } = ERROR_CATALOGUE[known.code];
    const reason: RunReason = {
      code: "start-failed",
      details: { ...known.details, code: known.code, problem: known.message },
    };
    const ending = { state: "failed", reason, exitCode: null, canRetry: retryable, seenEndMs: null } as const;
    return this.#store(stored, plan, ending);
  }

  #judge(stored: StoredRun, plan: RunPlan, end: FollowedEnd): FinalState {
    if (!end.wasSeen && stored.ref === null && stored.stopIntent === null) {
      return { state: "failed", reason: { code: "core-gone-while-starting", details: {} } };
    }
    if (!end.wasSeen && stored.ref === null) {
      const isHard = stored.stopIntent === "user-hard";
      const code = isHard ? "killed-by-user" : "stopped-by-user";
      return { state: isHard ? "killed" : "stopped", reason: { code, details: {} } };
    }
    return finalState({
      intent: stored.stopIntent,
      exit: end.exit,
      stop: end.stop.facts,
      graceMs: plan.graceMs,
      timeoutMs: plan.timeoutMs,
      memoryLimitBytes: plan.limits.memoryBytes ?? null,
      unhealthy: unhealthyOf(stored.run.reason),
    });
  }

  #store(stored: StoredRun, plan: RunPlan, ending: Ending): Run | null {
    const { book, clock, random } = this.#deps;
    const { run } = stored;
    const endedAtMs = endOf(run, ending.seenEndMs, clock.nowMs());
    const change: Omit<RunChange, "atMs"> = {
      state: ending.state,
      reason: ending.reason,
      exitCode: ending.exitCode,
      endedAtMs,
    };
    const next = nextAttempt(
      plan.restart,
      {
        ...ending,
        attempt: run.attempt,
        livedMs: run.startedAtMs === null ? 0 : Math.max(0, endedAtMs - run.startedAtMs),
      },
      random(),
    );
    if (next === null) {
      book.change(run.id, change);
      return null;
    }
    const successor = this.#successorOf(stored, next);
    book.changeAndInsert(run.id, change, successor);
    return book.change(successor.id, {
      reason: { code: "waiting-to-restart", details: { atMs: successor.dueAtMs ?? endedAtMs } },
    });
  }

  #successorOf({ run, manifestJson }: StoredRun, next: NextAttempt): NewRun {
    const nowMs = this.#deps.clock.nowMs();
    return {
      id: this.#deps.newRunId(),
      agent: run.agent,
      target: run.target,
      release: null,
      inputJson: run.inputJson,
      attempt: next.attempt,
      previousRunId: run.id,
      door: "restart-policy",
      createdAtMs: nowMs,
      dueAtMs: nowMs + next.delayMs,
      manifestJson,
    };
  }

  #bug(error: unknown, id: RunId): AppError {
    const incident = this.#deps.log.bug(error, `start of run ${id}`);
    return new AppError("app.bug", `Unexpected failure; incident ${incident}`, { details: { incident } });
  }
}

function unhealthyOf(reason: RunReason | null): { failures: number; problem: string } | null {
  if (reason?.code !== "unhealthy") return null;
  return {
    failures: Number(reason.details["failures"] ?? 0),
    problem: String(reason.details["problem"] ?? ""),
  };
}

/** A run may have ended long before this core looked; a clock that was set meanwhile must not end it before it began. */
function endOf(run: Run, seenEndMs: number | null, nowMs: number): number {
  if (seenEndMs === null) return nowMs;
  return Math.min(nowMs, Math.max(seenEndMs, run.startedAtMs ?? seenEndMs));
}
