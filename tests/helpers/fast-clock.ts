import type { Clock } from "#core/clock.ts";

const SPEED = 100;
const BEGIN_MS = 1_700_000_000_000;

/** A real clock on which a hundred times as much time passes: waits of seconds take hundredths. */
export class FastClock implements Clock {
  readonly #begin = performance.now();

  nowMs(): number {
    return BEGIN_MS + Math.floor(this.monotonicMs());
  }

  monotonicMs(): number {
    return (performance.now() - this.#begin) * SPEED;
  }

  after(delayMs: number, action: () => void): { cancel(): void } {
    const timer = setTimeout(action, delayMs / SPEED);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }
}
