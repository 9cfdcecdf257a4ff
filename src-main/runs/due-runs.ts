import type { RunId } from "#contract/ids.ts";
import type { Clock, Timer } from "#core/clock.ts";

export interface DueRunsDeps {
  readonly clock: Clock;
  readonly onDue: (id: RunId) => void;
}

/** No restart waits longer, whatever a clock that jumped says. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Queued runs that wait for their time. */
export class DueRuns {
  readonly #deps: DueRunsDeps;
  readonly #timers = new Map<RunId, Timer>();

  constructor(deps: DueRunsDeps) {
    this.#deps = deps;
  }

  add(id: RunId, dueAtMs: number): void {
    const { clock, onDue } = this.#deps;
    const waitMs = Math.min(Math.max(0, dueAtMs - clock.nowMs()), LONGEST_WAIT_MS);
    const timer = clock.after(waitMs, () => {
      this.#timers.delete(id);
      onDue(id);
    });
    this.#timers.set(id, timer);
  }

  remove(id: RunId): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
