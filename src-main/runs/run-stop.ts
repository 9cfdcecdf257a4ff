import type { RunId } from "#contract/ids.ts";
import type { Clock } from "#core/clock.ts";
import type { StopFacts } from "#core/final-state.ts";
import type { RunHandle } from "#main/drivers/index.ts";
import { pause } from "./pause.ts";
import type { RunsLog } from "./sources.ts";

export interface RunStopDeps {
  readonly clock: Clock;
  readonly log: RunsLog;
  readonly runId: RunId;
  /** Aborts when this core lets go of the run. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 1_000;
/** After a stop that left processes alive, the run's own end may still be reported for so long. */
const LAST_WORD_MS = 1_000;

/** Carries out the stop of one run, again on every new handle, until somebody says what became of it. */
export class RunStop {
  readonly #deps: RunStopDeps;
  readonly #calls = new Set<Promise<void>>();
  readonly #givenUp = Promise.withResolvers<"given-up">();
  #facts: StopFacts | null = null;
  #hasGivenUp = false;
  #hasEnded = false;
  #lastMode: "soft" | "hard" | null = null;
  #lastHandle: RunHandle | null = null;

  constructor(deps: RunStopDeps) {
    this.#deps = deps;
  }

  /** What the stop achieved; null before, and when nobody asked. */
  get facts(): StopFacts | null {
    return this.#facts;
  }

  /** True when processes of the run could not be ended and nobody waits for them any more. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** Resolves when the stop gives up on survivors. */
  get givenUp(): Promise<"given-up"> {
    return this.#givenUp.promise;
  }

  /** @param handle null while the run cannot be reached; the next handle begins the stop then */
  begin(mode: "soft" | "hard", handle: RunHandle | null): void {
    if (handle === null) return;
    if (handle === this.#lastHandle && mode === this.#lastMode) return;
    this.#lastHandle = handle;
    this.#lastMode = mode;
    const call = this.#carryOut(mode, handle).finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  /** Says that the run has ended; resolves when every stop that was begun has been answered. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    const { signal } = this.#deps;
    if (this.#calls.size === 0 || signal.aborted) return;
    const closed = Promise.withResolvers<void>();
    const close = () => closed.resolve();
    signal.addEventListener("abort", close);
    await Promise.race([Promise.all(this.#calls), closed.promise]);
    signal.removeEventListener("abort", close);
  }

  async #carryOut(mode: "soft" | "hard", handle: RunHandle): Promise<void> {
    const { clock, log, runId, signal } = this.#deps;
    try {
      this.#facts = merge(this.#facts, await handle.stop(mode));
    } catch (error) {
      log.warn("a stop was not carried out", { run: runId, mode, problem: String(error) });
      await pause(clock, RETRY_MS, signal);
      const isCurrent = handle === this.#lastHandle && mode === this.#lastMode;
      if (isCurrent && !signal.aborted && !this.#hasEnded) await this.#carryOut(mode, handle);
      return;
    }
    if (this.#facts.survivors.length > 0 && !signal.aborted) await this.#giveUp(handle);
  }

  async #giveUp(handle: RunHandle): Promise<void> {
    await pause(this.#deps.clock, LAST_WORD_MS, this.#deps.signal);
    if (this.#hasEnded) return;
    this.#hasGivenUp = true;
    this.#givenUp.resolve("given-up");
    await handle.detach();
  }
}

/** A kill stays a kill; the newest answer says who is left. */
function merge(before: StopFacts | null, now: StopFacts): StopFacts {
  return { ...now, wasKilled: now.wasKilled || before?.wasKilled === true };
}
