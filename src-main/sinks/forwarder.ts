import { AppError } from "#contract/errors.ts";
import type { AgentName, RunId } from "#contract/ids.ts";
import type { LogPage, ReadLog } from "#contract/log.ts";
import type { SinkName, SinkState, SinkTrouble } from "#contract/log-sink.ts";
import type { Clock } from "#core/clock.ts";
import { gatherLines } from "./gather-lines.ts";
import { ALL_TAKEN, type Delivery, LinesRefused, type SinkLine, type Target } from "./sink-line.ts";
import type { PendingRun, SinkRecords } from "./sink-records.ts";

export interface ForwarderDeps {
  readonly name: SinkName;
  readonly agents: readonly AgentName[] | null;
  readonly target: Target;
  readonly records: SinkRecords;
  readonly logs: { page(request: ReadLog): Promise<LogPage> };
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How often a sink that has sent everything looks for more. */
const LOOK_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 5 * 60_000;
/** A failure of ours, not of the other side, is not repeated every second. */
const BUG_RETRY_MS = 60_000;

/**
 * Sends the stored lines of runs to one target, in the order of each run, and remembers how far it is.
 *
 * The stored logs are its buffer: at most one batch is in memory, nothing waits for it, and what is not sent yet is
 * sent after a restart. A batch counts as sent once the target has it for good and its places are stored; between
 * the two a crash repeats it, and the target is given what it needs to know a line again.
 */
export class Forwarder {
  readonly #deps: ForwarderDeps;
  readonly #closing = new AbortController();
  #state: SinkState = "idle";
  #trouble: SinkTrouble | null = null;
  #retryAtMs: number | null = null;
  #lastRun: RunId | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: ForwarderDeps) {
    this.#deps = deps;
  }

  get status(): { state: SinkState; trouble: SinkTrouble | null; retryAtMs: number | null } {
    return { state: this.#state, trouble: this.#trouble, retryAtMs: this.#retryAtMs };
  }

  start(): void {
    this.#work = this.#forward();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#work;
    await this.#deps.target[Symbol.asyncDispose]();
  }

  async #forward(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const isMore = await this.#sendSome(signal);
        failures = 0;
        this.#retryAtMs = null;
        if (isMore) continue;
        this.#state = "idle";
        await this.#pause(LOOK_MS);
      } catch (error) {
        if (signal.aborted) return;
        await this.#rest(error, failures);
        failures += 1;
      }
    }
  }

  /** True when there may be more at once. */
  async #sendSome(signal: AbortSignal): Promise<boolean> {
    const { agents, clock, logs, name, records, target } = this.#deps;
    const pending = this.#inTurn(records.pending(name, PENDING_LIMIT));
    const batch = await gatherLines(pending, { agents, logs, signal });
    this.#lastRun = batch.places.at(-1)?.runId ?? null;
    if (signal.aborted || batch.places.length === 0) return false;
    if (batch.lines.length > 0) this.#state = "sending";
    const { refusedLines } = batch.lines.length === 0 ? ALL_TAKEN : await this.#deliver(batch.lines, signal);
    records.advance(name, {
      places: batch.places,
      targetState: target.state,
      sentLines: batch.lines.length - refusedLines,
      refusedLines,
      missedLogs: batch.missedLogs,
      sentAtMs: batch.lines.length > refusedLines ? clock.nowMs() : null,
    });
    if (refusedLines === 0 && batch.lines.length > 0) this.#trouble = null;
    return batch.isMore;
  }

  /** Begins behind the run that filled the last batch, so that a loud one does not hold up the others. */
  #inTurn(pending: readonly PendingRun[]): readonly PendingRun[] {
    const last = pending.findIndex(({ runId }) => runId === this.#lastRun);
    return [...pending.slice(last + 1), ...pending.slice(0, last + 1)];
  }

  /** Halves a batch that is refused until only the lines remain that never will be taken. */
  async #deliver(lines: readonly SinkLine[], signal: AbortSignal): Promise<Delivery> {
    try {
      const delivery = await this.#deps.target.deliver(lines, signal);
      if (delivery.problem !== null) this.#note(new LinesRefused(delivery.problem));
      return delivery;
    } catch (error) {
      if (!(error instanceof LinesRefused)) throw error;
      this.#note(error);
      if (lines.length === 1) return { refusedLines: 1, problem: error.message };
    }
    const middle = Math.ceil(lines.length / 2);
    const first = await this.#deliver(lines.slice(0, middle), signal);
    const second = await this.#deliver(lines.slice(middle), signal);
    return { refusedLines: first.refusedLines + second.refusedLines, problem: null };
  }

  async #rest(error: unknown, failures: number): Promise<void> {
    const { clock } = this.#deps;
    this.#note(error);
    this.#state = "failing";
    const delayMs = this.#delayAfter(error, failures);
    this.#retryAtMs = clock.nowMs() + delayMs;
    await this.#pause(delayMs);
  }

  #delayAfter(error: unknown, failures: number): number {
    if (!(error instanceof AppError)) return BUG_RETRY_MS;
    const wish = error.details["retryAfterMs"];
    if (typeof wish === "number") return Math.max(FIRST_RETRY_MS, wish);
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 20));
    // Several sinks of one collector do not come back at the same moment.
    return longest * (0.75 + 0.25 * this.#deps.random());
  }

  #note(error: unknown): void {
    const { clock, name } = this.#deps;
    const atMs = clock.nowMs();
    if (error instanceof AppError) {
      const { code, details, message } = error;
      this.#trouble = { code, message, details, atMs };
      return;
    }
    const problem = error instanceof Error ? error.message : String(error);
    const code = error instanceof LinesRefused ? "sink.lines_refused" : "app.bug";
    this.#trouble = { code, message: `${name}: ${problem}`, details: { sink: name, problem }, atMs };
  }

  async #pause(delayMs: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = this.#deps.clock.after(delayMs, done);
      function done(): void {
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
  }
}

/** Runs that are looked at in one round; those behind them follow when some are done. */
export const PENDING_LIMIT = 1_000;
