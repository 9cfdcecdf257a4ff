import type { Clock, Timer } from "#core/clock.ts";

/** setTimeout takes at most this; a longer delay is waited for in pieces. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The time of this computer. */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, action: () => void): Timer {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_DELAY_MS);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : action()), stepMs);
      timer.unref();
    };
    wait(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(timer) };
  }
}
