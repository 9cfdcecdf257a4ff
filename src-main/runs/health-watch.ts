import type { Health } from "#contract/run.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { HealthPlan } from "#core/manifest/class-defaults.ts";
import type { OutputBytes } from "#main/drivers/index.ts";
import type { HealthProbes } from "./sources.ts";
import { TextFinder } from "./text-finder.ts";

/** One question may take this long, however rarely it is asked. */
const LONGEST_ANSWER_MS = 5_000;
/** Asking more often than this is load, not care. */
const LEAST_EVERY_MS = 100;
/** A run that has not answered yet is asked this often, so that a quick start is seen quickly. */
const WAITING_EVERY_MS = 500;

export interface HealthWatchDeps {
  readonly plan: HealthPlan;
  /** As stored; a run that was found again goes on from there. */
  readonly health: Health;
  readonly probes: HealthProbes;
  readonly clock: Clock;
  readonly onHealthy: () => void;
  readonly onUnhealthy: (failures: number, problem: string) => void;
}

/**
 * Asks a run whether it is well.
 *
 * 1. `healthy` and `unhealthy` are answers, never guesses; without one the run stays `waiting`.
 * 2. A run that never answered is unhealthy when as much time has passed as the allowed failures take.
 * 3. The next question is asked only after the last was answered or given up.
 */
export class HealthWatch {
  readonly #deps: HealthWatchDeps;
  readonly #finder: TextFinder | null;
  readonly #closing = new AbortController();
  #health: Health;
  #failures = 0;
  #sinceMs = 0;
  #timer: Timer | null = null;

  constructor(deps: HealthWatchDeps) {
    this.#deps = deps;
    this.#health = deps.health;
    this.#finder = deps.plan.kind === "log" ? new TextFinder(deps.plan.text) : null;
  }

  start(): void {
    this.#sinceMs = this.#deps.clock.monotonicMs();
    if (this.#finder === null) this.#askLater();
  }

  /** Looks for the text of a `log` check. */
  see(chunk: OutputBytes): void {
    if (this.#health === "healthy" || this.#finder === null) return;
    if (this.#finder.push(chunk.stream, chunk.bytes)) this.#answered();
  }

  close(): void {
    this.#closing.abort();
    this.#timer?.cancel();
  }

  #askLater(): void {
    const { clock, plan } = this.#deps;
    const delayMs = this.#health === "waiting" ? Math.min(plan.everyMs, WAITING_EVERY_MS) : plan.everyMs;
    this.#timer = clock.after(Math.max(delayMs, LEAST_EVERY_MS), () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const answerBy = new AbortController();
    const { clock, plan } = this.#deps;
    const timer = clock.after(Math.min(Math.max(plan.everyMs, LEAST_EVERY_MS), LONGEST_ANSWER_MS), () =>
      answerBy.abort(),
    );
    let problem: string | null;
    try {
      problem = await this.#probe(AbortSignal.any([answerBy.signal, this.#closing.signal]));
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    timer.cancel();
    if (this.#closing.signal.aborted) return;
    if (problem === null) this.#answered();
    else this.#failed(answerBy.signal.aborted ? "no answer in time" : problem);
    if (!this.#closing.signal.aborted) this.#askLater();
  }

  async #probe(signal: AbortSignal): Promise<string | null> {
    const { probes, plan } = this.#deps;
    switch (plan.kind) {
      case "http":
        return await probes.http(plan.url, signal);
      case "command":
        return await probes.command(plan.command, signal);
      case "log":
        return null;
    }
  }

  #answered(): void {
    this.#failures = 0;
    if (this.#health === "healthy") return;
    this.#health = "healthy";
    this.#deps.onHealthy();
  }

  #failed(problem: string): void {
    const { clock, plan } = this.#deps;
    this.#failures =
      this.#health === "waiting"
        ? Math.floor((clock.monotonicMs() - this.#sinceMs) / Math.max(plan.everyMs, 1))
        : this.#failures + 1;
    if (this.#failures < plan.failures || this.#health === "unhealthy") return;
    this.#health = "unhealthy";
    this.#deps.onUnhealthy(this.#failures, problem);
  }
}
