import type { AgentName, RunId } from "#contract/ids.ts";
import type { LogLine } from "#contract/log.ts";

/** A line on its way out. */
export interface SinkLine {
  readonly runId: RunId;
  readonly agent: AgentName;
  readonly line: LogLine;
}

/** What a target says of lines it was given. */
export interface Delivery {
  /** Lines it took note of and will never keep. */
  readonly refusedLines: number;
  /** Why; null when there are none. */
  readonly problem: string | null;
}

/**
 * Where lines go. One delivery at a time.
 *
 * `deliver` resolves once the other side has the lines for good. It throws `LinesRefused` when it will never take
 * them as they are, and an `AppError` when it may take the same lines later.
 */
export interface Target extends AsyncDisposable {
  deliver(lines: readonly SinkLine[], signal: AbortSignal): Promise<Delivery>;
  /** Finds out whether lines would arrive. */
  test(signal: AbortSignal): Promise<void>;
  /** Where it stands after the last delivery; stored with the places of the lines. Null: nothing to remember. */
  readonly state: string | null;
}

export const ALL_TAKEN: Delivery = { refusedLines: 0, problem: null };

/** The other side does not take these lines, now or later; fewer of them it may. */
export class LinesRefused extends Error {
  override readonly name = "LinesRefused";
}

/** The other side asks to be left alone for a while. */
export interface RetryWish {
  readonly retryAfterMs?: number;
}

/**
 * Nanoseconds of a line's arrival. The line's number makes them differ inside a millisecond, always in the same way,
 * so that a receiver that knows a line already can tell.
 */
export function nanosOf({ atMs, number }: Pick<LogLine, "atMs" | "number">): string {
  return String(BigInt(Math.floor(atMs)) * 1_000_000n + BigInt(number % 1_000_000));
}

/** What a line takes, near enough to say how much is waiting. */
export function sizeOf({ text }: LogLine): number {
  return Buffer.byteLength(text) + 1;
}
