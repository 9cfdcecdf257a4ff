/** A timer that can be taken back. */
export interface Timer {
  cancel(): void;
}

/**
 * Where all time comes from, so that tests decide what time it is.
 *
 * Wall time is for showing and storing; durations and deadlines use monotonic time, which no clock
 * change touches.
 */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  nowMs(): number;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number;
  /** Calls `action` once after `delayMs`. A pending timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer;
}
