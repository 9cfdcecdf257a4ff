import type { Clock, Timer } from "#core/clock.ts";

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly action: () => void;
}

/** A clock that stands until the test moves it. Wall time and monotonic time can be moved apart. */
export class FakeClock implements Clock {
  readonly #pending = new Set<Pending>();
  #wallMs: number;
  #monotonicMs = 0;
  #order = 0;

  constructor(startMs = 1_700_000_000_000) {
    this.#wallMs = startMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, action: () => void): Timer {
    this.#order += 1;
    const pending = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order, action };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** Sets the clock on the wall; timers do not notice. */
  jump(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** Delays of the timers that wait, shortest first. */
  get waiting(): readonly number[] {
    return [...this.#pending].map(({ dueMs }) => dueMs - this.#monotonicMs).sort((a, b) => a - b);
  }

  /** Lets `byMs` pass: timers fire in order, and what they set off settles before the next one. */
  async pass(byMs: number): Promise<void> {
    const endMs = this.#monotonicMs + byMs;
    await settle();
    for (let next = this.#next(endMs); next !== null; next = this.#next(endMs)) {
      this.#move(next.dueMs);
      this.#pending.delete(next);
      next.action();
      await settle();
    }
    this.#move(endMs);
  }

  #next(endMs: number): Pending | null {
    const due = [...this.#pending].filter(({ dueMs }) => dueMs <= endMs);
    due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    return due[0] ?? null;
  }

  #move(toMs: number): void {
    this.#wallMs += toMs - this.#monotonicMs;
    this.#monotonicMs = toMs;
  }
}

const TURNS = 12;

/** Lets everything that waits only for this process come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
