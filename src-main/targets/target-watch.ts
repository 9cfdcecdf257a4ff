import type { Clock, Timer } from "#core/clock.ts";
import type { Targets } from "./targets.ts";

/** The first look waits until whoever started the core has its page. */
export const FIRST_LOOK_MS = 500;
export const LOOK_EVERY_MS = 5 * 60_000;

export interface TargetWatchDeps {
  readonly targets: Pick<Targets, "probeAll">;
  readonly clock: Clock;
  /** Told what a look threw; a target that does not answer throws nothing. */
  readonly onTrouble: (error: unknown) => void;
}

/** Looks at all targets soon after the start and then every few minutes; a look never overlaps the one before. */
export class TargetWatch implements Disposable {
  readonly #deps: TargetWatchDeps;
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(deps: TargetWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#lookAfter(FIRST_LOOK_MS);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #lookAfter(delayMs: number): void {
    if (this.#isClosed) return;
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      await this.#deps.targets.probeAll();
    } catch (error) {
      // What the core lets go of while it closes is no news.
      if (!this.#isClosed) this.#deps.onTrouble(error);
    }
    this.#lookAfter(LOOK_EVERY_MS);
  }
}
