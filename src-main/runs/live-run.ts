import type { RunId } from "#contract/ids.ts";
import type { RunReason } from "#contract/run.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { EndFacts } from "#core/final-state.ts";
import type { RunPlan } from "#core/manifest/class-defaults.ts";
import type { Driver, RunHandle } from "#main/drivers/index.ts";
import type { LogStore, LogWriter } from "#main/logs/index.ts";
import type { HealthWatch } from "./health-watch.ts";
import { LogBroken, OutputPump } from "./output-pump.ts";
import { pause } from "./pause.ts";
import type { RunBook } from "./run-book.ts";
import { watchHealth } from "./run-health.ts";
import type { StopIntent, StoredRun } from "./run-records.ts";
import { RunStop } from "./run-stop.ts";
import type { HealthProbes, RunsLog, ScreenSource, ScreenWatch } from "./sources.ts";
import { writeFailure } from "./write-failure.ts";

/** A live process and the open log it writes to. */
export interface Attachment {
  readonly handle: RunHandle;
  readonly writer: LogWriter;
}

/** How a run that was followed came to its end. */
export interface FollowedEnd {
  readonly exit: EndFacts;
  readonly stop: RunStop;
  /** False when no process of it was ever seen. */
  readonly wasSeen: boolean;
}

export interface LiveRunDeps {
  readonly book: RunBook;
  readonly driver: Driver;
  readonly logs: Pick<LogStore, "openWriter" | "search">;
  readonly screens: ScreenSource;
  readonly probes: HealthProbes;
  readonly clock: Clock;
  readonly log: RunsLog;
  readonly plan: RunPlan;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
const ADOPT_DEADLINE_MS = 10_000;
/** A start that a core left half done may take this long to become visible on the target. */
const LOOK_AGAIN_MS = [300, 700, 1_000, 1_500];
const NOBODY_KNOWS: EndFacts = { exitCode: null, signal: null, cause: "unknown" };

/**
 * Follows one run from the moment its process may exist until it has ended, through lost links, full disks and
 * restarts of the core: whatever breaks, the run is looked up again and its output continues where the
 * stored log ends.
 */
export class LiveRun {
  readonly id: RunId;
  readonly stop: RunStop;
  readonly #deps: LiveRunDeps;
  readonly #closing = new AbortController();
  readonly #firstLook = Promise.withResolvers<void>();
  #attachment: Attachment | null = null;
  #health: HealthWatch | null = null;
  #screens: ScreenWatch | null = null;
  #timeLimit: Timer | null = null;
  #wasSeen = false;

  constructor(id: RunId, deps: LiveRunDeps) {
    this.id = id;
    this.#deps = deps;
    this.stop = new RunStop({
      clock: deps.clock,
      log: deps.log,
      runId: id,
      signal: this.#closing.signal,
    });
  }

  /** Resolves once the target has said that the run lives, or could not be asked; not for one that is over. */
  get firstLook(): Promise<void> {
    return this.#firstLook.promise;
  }

  /**
   * Resolves when the run has ended and its log is sealed; null when this core let go of it before.
   *
   * @param fresh what a start just gave, or null for a run to be found again
   */
  async follow(fresh: Attachment | null): Promise<FollowedEnd | null> {
    let attachment = fresh ?? (await this.#findAgain(true));
    // Of a run that is over the whole truth is its end, and that is only a short read away.
    const isOver = attachment === "gone" || attachment?.handle.hasEnded === true;
    if (!isOver) this.#firstLook.resolve();
    while (attachment !== null && attachment !== "gone") {
      const exit = await this.#watch(attachment);
      if (exit !== null) return await this.#end(exit, attachment);
      attachment = await this.#findAgain(false);
    }
    if (attachment === null) return null;
    return await this.#end(NOBODY_KNOWS, null);
  }

  /** Stores the wish first; a wish of a person outweighs one of the program, and force outweighs patience. */
  requestStop(intent: StopIntent, reason: RunReason | null): void {
    const stored = this.#deps.book.get(this.id);
    if (!outweighs(intent, stored.stopIntent)) return;
    const isRunning = stored.run.state !== "starting" || this.#attachment !== null;
    this.#deps.book.change(this.id, {
      stopIntent: intent,
      ...(isRunning ? { state: "stopping", reason } : {}),
    });
    this.#timeLimit?.cancel();
    this.#health?.close();
    this.stop.begin(intent === "user-hard" ? "hard" : "soft", this.#attachment?.handle ?? null);
  }

  /** Lets go; the run goes on. Resolves when nothing of this core touches its log any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#attachment?.handle.detach();
  }

  /** Follows one attachment; the exit, or null when it broke off or this core lets go. */
  async #watch(attachment: Attachment): Promise<EndFacts | null> {
    const { handle, writer } = attachment;
    this.#attachment = attachment;
    this.#wasSeen = true;
    const pump = new OutputPump({
      handle,
      writer,
      clock: this.#deps.clock,
      onBytes: (chunk) => this.#health?.see(chunk),
    });
    try {
      this.#begin(handle);
      await pump.run();
      const exit = await this.#exitOf(handle);
      if (exit !== null) {
        await this.#seal(writer);
        pump.acknowledgeAll();
        return exit;
      }
    } catch (error) {
      await this.#brokenOff(error);
    }
    await this.#letGo(handle);
    await this.#quietly("release", () => writer.release());
    return null;
  }

  #begin(handle: RunHandle): void {
    const stored = this.#deps.book.get(this.id);
    if (handle.screenshotFolder !== null) {
      this.#screens = this.#deps.screens.watch(this.id, handle.screenshotFolder);
    }
    void drain(handle.samples);
    if (stored.stopIntent !== null) {
      this.stop.begin(stored.stopIntent === "user-hard" ? "hard" : "soft", handle);
      return;
    }
    this.#beginTimeLimit(handle);
    this.#beginHealth(stored);
  }

  #beginTimeLimit(handle: RunHandle): void {
    const { clock, plan } = this.#deps;
    const { timeoutMs } = plan;
    if (timeoutMs === null || this.#timeLimit !== null) return;
    // The stored start bridges a restart of the core; a clock that jumped must not make the time negative.
    const goneMs = Math.max(0, clock.nowMs() - handle.startedAtMs);
    this.#timeLimit = clock.after(Math.max(0, timeoutMs - goneMs), () =>
      this.#tryStop("time-limit", { code: "time-limit", details: { timeoutMs } }),
    );
  }

  #beginHealth(stored: StoredRun): void {
    const { plan } = this.#deps;
    if (plan.health === null) return;
    this.#health = watchHealth(stored.run, plan.health, {
      ...this.#deps,
      signal: this.#closing.signal,
      attempt: (step) => this.#attempt(step),
      onUnhealthy: (failures, problem) => {
        if (plan.restart.when === "never") return;
        this.#tryStop("unhealthy", { code: "unhealthy", details: { failures, problem } });
      },
    });
  }

  #tryStop(intent: StopIntent, reason: RunReason): void {
    this.#attempt(
      () => this.requestStop(intent, reason),
      () => this.#deps.clock.after(FIRST_RETRY_MS, () => this.#tryStop(intent, reason)),
    );
  }

  /** For steps that a timer takes: nobody is there to hear what they throw. */
  #attempt(step: () => void, onFailure: () => void = () => undefined): void {
    if (this.#closing.signal.aborted) return;
    try {
      step();
    } catch (error) {
      writeFailure(this.#deps.log, error, `run ${this.id}`);
      onFailure();
    }
  }

  /** The exit once the driver tells it, or null when this core lets go before. */
  async #exitOf(handle: RunHandle): Promise<EndFacts | null> {
    if (this.#closing.signal.aborted) return null;
    if (this.stop.hasGivenUp) return NOBODY_KNOWS;
    const closed = Promise.withResolvers<null>();
    const close = () => closed.resolve(null);
    this.#closing.signal.addEventListener("abort", close);
    try {
      const exit = await Promise.race([handle.exit, closed.promise, this.stop.givenUp]);
      return exit === "given-up" ? NOBODY_KNOWS : exit;
    } finally {
      this.#closing.signal.removeEventListener("abort", close);
    }
  }

  async #brokenOff(error: unknown): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { book, log } = this.#deps;
    const problem = error instanceof Error ? error.message : String(error);
    log.warn("a run is no longer followed and will be looked up again", { run: this.id, problem });
    const isLogBroken = error instanceof LogBroken;
    this.#attempt(() => {
      book.note(this.id, {
        kind: "note",
        text: isLogBroken ? `The log could not be written: ${problem}` : `Lost the run: ${problem}`,
        note: { code: isLogBroken ? "log-not-written" : "run-lost-sight", details: { problem } },
      });
      if (!isLogBroken) book.change(this.id, { state: "disconnected" });
    });
    await pause(this.#deps.clock, FIRST_RETRY_MS, this.#closing.signal);
  }

  async #letGo(handle: RunHandle): Promise<void> {
    this.#attachment = null;
    this.#health?.close();
    this.#health = null;
    if (this.#closing.signal.aborted) {
      this.#timeLimit?.cancel();
      this.#screens?.close();
    }
    await this.#quietly("detach", () => handle.detach());
  }

  /** The run as its target knows it; `gone` when it does not; null when this core lets go before an answer. */
  async #findAgain(isFirst: boolean): Promise<Attachment | "gone" | null> {
    const { signal } = this.#closing;
    let looks = 0;
    let waitMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const found = await this.#look(isFirst);
      if (found === "unreachable") {
        this.#firstLook.resolve();
        await pause(this.#deps.clock, waitMs, signal);
        waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS);
      } else if (found !== "gone") {
        return found;
      } else {
        const again = this.#wasSeen || this.#hasRef() ? undefined : LOOK_AGAIN_MS[looks];
        if (again === undefined) return "gone";
        looks += 1;
        // Nobody waits for a start that may still become visible; until then the run is shown as starting.
        this.#firstLook.resolve();
        await pause(this.#deps.clock, again, signal);
      }
    }
    return null;
  }

  #hasRef(): boolean {
    return this.#deps.book.get(this.id).ref !== null;
  }

  async #look(isFirst: boolean): Promise<Attachment | "gone" | "unreachable"> {
    const { book, clock, driver, logs } = this.#deps;
    const deadline = new AbortController();
    const timer = clock.after(ADOPT_DEADLINE_MS, () => deadline.abort());
    let writer: LogWriter | null = null;
    let handle: RunHandle | null = null;
    try {
      writer = await logs.openWriter(this.id);
      const { ref } = book.get(this.id);
      const request = { runId: this.id, ref, afterCursor: writer.cursor };
      handle = await driver.adopt(request, AbortSignal.any([deadline.signal, this.#closing.signal]));
      if (handle !== null) {
        this.#storeFound(handle, isFirst);
        return { handle, writer };
      }
      await this.#quietly("release", () => writer?.release());
      return "gone";
    } catch (error) {
      await this.#quietly("detach", () => handle?.detach());
      await this.#quietly("release", () => writer?.release());
      this.#unreachable(error);
      return "unreachable";
    } finally {
      timer.cancel();
    }
  }

  #unreachable(error: unknown): void {
    const { book, log } = this.#deps;
    if (this.#closing.signal.aborted) return;
    log.warn("a run could not be looked up", { run: this.id, problem: String(error) });
    this.#attempt(() => {
      const { state } = book.get(this.id).run;
      if (state === "running" || state === "stopping") book.change(this.id, { state: "disconnected" });
    });
  }

  /** Stores what a found run is; without that it is not followed, for a later core would not know. */
  #storeFound(handle: RunHandle, isFirst: boolean): void {
    const { book } = this.#deps;
    const { run, stopIntent } = book.get(this.id);
    const state = stopIntent === null || run.state === "starting" ? "running" : "stopping";
    book.change(this.id, {
      ...(run.state === "stopping" ? {} : { state }),
      ...(state === "running" ? { reason: null } : {}),
      ref: handle.ref,
      pid: handle.pid,
      startedAtMs: run.startedAtMs ?? handle.startedAtMs,
      ...(run.startedAtMs === null ? { limits: handle.limits } : {}),
    });
    const text = isFirst ? "Found again after a restart of Pilothouse" : "Found again";
    book.note(this.id, { kind: "adopted", text });
    if (stopIntent !== null && run.state === "starting") book.change(this.id, { state: "stopping" });
  }

  async #end(exit: EndFacts, attachment: Attachment | null): Promise<FollowedEnd | null> {
    this.#timeLimit?.cancel();
    this.#health?.close();
    await this.#quietly("last look for screenshots", async () => this.#screens?.finish());
    if (attachment === null) await this.#sealForgotten();
    await this.stop.end();
    if (attachment !== null) await this.#letGo(attachment.handle);
    return this.#closing.signal.aborted ? null : { exit, stop: this.stop, wasSeen: this.#wasSeen };
  }

  /** A log without a writer is sealed too, so that nobody waits for more. */
  async #sealForgotten(): Promise<void> {
    await this.#quietly("seal", async () => {
      const { clock, logs } = this.#deps;
      const writer = await logs.openWriter(this.id);
      const { cursor } = writer;
      // Of a log that has begun nobody knows any more whether that was all.
      if (cursor !== null) {
        const gap = { sizeBytes: null, cause: "source-gone" } as const;
        await writer.gap({ gap, atMs: clock.nowMs(), cursor });
      }
      await writer.seal();
    });
  }

  async #seal(writer: LogWriter): Promise<void> {
    try {
      await writer.seal();
    } catch (cause) {
      throw new LogBroken(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  async #quietly(what: string, step: () => Promise<void> | undefined): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#deps.log.warn(`${what} failed`, { run: this.id, problem: String(error) });
    }
  }
}

const WEIGHTS: Readonly<Record<StopIntent, number>> = {
  unhealthy: 1,
  "time-limit": 1,
  "user-soft": 2,
  "user-hard": 3,
};

function outweighs(intent: StopIntent, stored: StopIntent | null): boolean {
  return stored === null || WEIGHTS[intent] > WEIGHTS[stored];
}

/** Load samples are kept by the driver; reading them here only keeps them from piling up. */
async function drain(samples: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of samples);
  } catch {
    // A lost link ends the output too, and that is where it is dealt with.
  }
}
