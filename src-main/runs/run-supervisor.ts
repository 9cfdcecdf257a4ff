import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { RunId, TargetId } from "#contract/ids.ts";
import { manifestSchema } from "#contract/manifest.ts";
import {
  type AgentRunSummary,
  type Door,
  isFinal,
  type ListRuns,
  type LoadSample,
  type Run,
  type RunPage,
  type StartRun,
  type StopRun,
  type TimelineEntry,
} from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { type RunPlan, resolvePlan } from "#core/manifest/class-defaults.ts";
import { mayHaveProcess } from "#core/run-state.ts";
import type { Driver } from "#main/drivers/index.ts";
import type { LogStore } from "#main/logs/index.ts";
import { checkStartable } from "./check-startable.ts";
import { DueRuns } from "./due-runs.ts";
import { FreePorts } from "./free-ports.ts";
import { type Attachment, LiveRun } from "./live-run.ts";
import { aborted, pause } from "./pause.ts";
import { RunBook } from "./run-book.ts";
import { refuseWithoutConsent } from "./run-consents.ts";
import { RunEnding } from "./run-ending.ts";
import { RunLookup } from "./run-lookup.ts";
import type { NewRun, RunRecords, StoredRun } from "./run-records.ts";
import { RunStart } from "./run-start.ts";
import type {
  AgentSource,
  ConsentSource,
  HealthProbes,
  RunsLog,
  ScreenSource,
  SecretSource,
  TargetSource,
  VariableSource,
} from "./sources.ts";
import { StartLine } from "./start-line.ts";
import { startAtStartup } from "./startup-runs.ts";
import { StoreWaits } from "./store-waits.ts";
import { writeFailure } from "./write-failure.ts";

export interface RunSupervisorDeps {
  readonly records: RunRecords;
  readonly publish: (event: CoreEvent) => void;
  readonly logs: Pick<LogStore, "openWriter" | "search" | "remove">;
  readonly agents: AgentSource;
  readonly targets: TargetSource;
  readonly screens: ScreenSource;
  readonly probes: HealthProbes;
  readonly secrets: SecretSource;
  readonly consents: ConsentSource;
  readonly variables: VariableSource;
  readonly clock: Clock;
  readonly log: RunsLog;
  readonly newRunId: () => RunId;
  /** From 0 to 1, exclusive. */
  readonly random: () => number;
  readonly ports?: FreePorts;
  readonly startsAutostart: boolean;
}

/** Starts that go on at the same time; more only make each other slow. */
const PARALLEL_STARTS = 8;
const STORE_RETRY_MS = 1_000;
/** How long the core's own start waits for targets to say what still runs on them. */
const RESUME_DEADLINE_MS = 4_000;
/** How long closing waits for what cannot be let go of at once. */
const CLOSE_DEADLINE_MS = 5_000;

/**
 * Owns every run from the wish to its end.
 *
 * 1. The wish is stored before its effect: a start before the process, a stop before the signal.
 * 2. After a restart of the core every run that had not ended is looked up on its target and goes on from
 *    where its stored log ends; one that nobody knows any more is `lost`, never silently forgotten.
 * 3. A run ends once, and its successor is stored in the same transaction.
 * 4. No run starts twice: a start whose answer is missing is looked up, never repeated.
 */
export class RunSupervisor {
  readonly #deps: RunSupervisorDeps;
  readonly #book: RunBook;
  readonly #lookup: RunLookup;
  readonly #ending: RunEnding;
  readonly #line = new StartLine(PARALLEL_STARTS);
  readonly #due: DueRuns;
  readonly #waits: StoreWaits;
  readonly #ports: FreePorts;
  readonly #closing = new AbortController();
  readonly #starts = new Map<RunId, RunStart>();
  readonly #live = new Map<RunId, LiveRun>();
  readonly #work = new Set<Promise<void>>();

  constructor(deps: RunSupervisorDeps) {
    this.#deps = deps;
    this.#book = new RunBook(deps);
    this.#lookup = new RunLookup(deps.records);
    this.#ending = new RunEnding({ ...deps, book: this.#book });
    this.#ports = deps.ports ?? new FreePorts();
    this.#waits = new StoreWaits({
      ...deps,
      book: this.#book,
      signal: this.#closing.signal,
      onOpen: (id) => this.#enqueue(id),
    });
    this.#due = new DueRuns({ clock: deps.clock, onDue: (id) => this.#enqueue(id) });
  }

  /** Takes up all runs that the last core left behind. Resolves when their targets were asked once. */
  async resume(): Promise<void> {
    const { clock, records, startsAutostart } = this.#deps;
    const looks = records.live().map((stored) => this.#takeUp(stored));
    const deadline = new AbortController();
    const timer = clock.after(RESUME_DEADLINE_MS, () => deadline.abort());
    await Promise.race([Promise.all(looks), aborted(deadline.signal)]);
    timer.cancel();
    if (startsAutostart) await startAtStartup(this.#deps, (request) => this.start(request, "startup"));
  }

  /** Lets go of every run; they go on. What was being prepared is put back into the queue. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#line.clear();
    this.#due.close();
    for (const start of this.#starts.values()) start.cancelUnlessSent();
    await Promise.all([...this.#live.values()].map((run) => run.close()));
    const deadline = new AbortController();
    const timer = this.#deps.clock.after(CLOSE_DEADLINE_MS, () => deadline.abort());
    await Promise.race([Promise.all(this.#work), aborted(deadline.signal)]);
    timer.cancel();
  }

  async start(request: StartRun, door: Door): Promise<Run> {
    return this.#accept(request, { door, previousRunId: null });
  }

  async startAgain(id: RunId, door: Door): Promise<Run> {
    const { run } = this.#lookup.get(id);
    const request = { agent: run.agent, target: run.target, input: JSON.parse(run.inputJson) };
    return this.#accept(request, { door, previousRunId: id });
  }

  async stop({ runId, isForced }: StopRun): Promise<Run> {
    const stored = this.#lookup.get(runId);
    const { state } = stored.run;
    if (isFinal(state)) {
      throw new AppError("run.already_finished", `The run has already ended: ${state}`, {
        details: { run: runId, state },
      });
    }
    const intent = isForced ? "user-hard" : "user-soft";
    const live = this.#live.get(runId);
    if (live !== undefined) live.requestStop(intent, null);
    else this.#stopUnstarted(stored, intent);
    return this.#lookup.get(runId).run;
  }

  async remove(id: RunId): Promise<void> {
    const { logs, publish, records, screens, targets } = this.#deps;
    const { run } = this.#lookup.get(id);
    if (!isFinal(run.state)) {
      throw new AppError("run.still_live", `The run has not ended: ${run.state}`, {
        details: { run: id, state: run.state },
      });
    }
    await targets.driverOf(run.target).remove(id);
    await logs.remove(id);
    screens.removeOf(id);
    records.remove(id);
    publish({ type: "run.removed", runId: id });
  }

  summaries(): readonly AgentRunSummary[] {
    return this.#deps.records.summaries();
  }

  list(request: ListRuns): RunPage {
    return this.#deps.records.list(request);
  }

  resolve(reference: string): Run {
    return this.#lookup.resolve(reference);
  }

  timeline(id: RunId): readonly TimelineEntry[] {
    this.#lookup.get(id);
    return this.#deps.records.timeline(id);
  }

  async load(id: RunId): Promise<readonly LoadSample[]> {
    const { run } = this.#lookup.get(id);
    return await this.#deps.targets.driverOf(run.target).loadHistory(id);
  }

  /** Runs that a target knows and the database does not. Nobody ends them: they may be somebody's work. */
  async orphans(signal: AbortSignal): Promise<readonly RunId[]> {
    // A target that does not answer cannot be asked now, and must not hide what the others know.
    const lists = await Promise.allSettled(this.#deps.targets.drivers().map((driver) => driver.list(signal)));
    return lists
      .flatMap((list) => (list.status === "fulfilled" ? list.value : []))
      .filter((id) => this.#deps.records.find(id) === null);
  }

  #accept(request: StartRun, origin: Pick<NewRun, "door" | "previousRunId">): Run {
    const { agents, clock, consents, newRunId, targets } = this.#deps;
    if (this.#closing.signal.aborted) throw new AppError("run.cancelled", "Pilothouse is closing");
    const agent = agents.get(request.agent);
    const driver = targets.driverOf(request.target);
    checkStartable(agent, { id: request.target, driver });
    if (request.confirms !== undefined) consents.give(agent.name, request.confirms, origin.door);
    refuseWithoutConsent(agent.manifest, consents.given(agent.name), { driver, target: request.target });
    const run = this.#book.insert({
      id: newRunId(),
      agent: agent.name,
      target: request.target,
      release: null,
      inputJson: agents.checkInput(agent, request.input),
      attempt: 1,
      ...origin,
      createdAtMs: clock.nowMs(),
      dueAtMs: null,
      manifestJson: JSON.stringify(agent.manifest),
    });
    this.#enqueue(run.id);
    return run;
  }

  #enqueue(id: RunId): void {
    this.#line.join(() => this.#track(this.#startOne(id)));
  }

  async #startOne(id: RunId): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const stored = this.#deps.records.find(id);
    if (stored?.run.state !== "queued") return;
    const driver = this.#findDriver(stored.run.target);
    if (driver instanceof AppError) return await this.#refused(stored, driver);
    const start = new RunStart(stored, { ...this.#deps, book: this.#book, ports: this.#ports, driver });
    this.#starts.set(id, start);
    const result = await start.run();
    this.#starts.delete(id);

    if (result.kind === "running") void this.#follow(stored, result.attachment);
    else if (result.kind === "unknown") void this.#follow(stored, null);
    else if (result.kind === "waiting" && this.#waits.mayWait(id))
      void this.#track(this.#waits.wait(id, result));
    else await this.#refused(stored, result.error);
  }

  async #refused(stored: StoredRun, error: unknown): Promise<void> {
    const { id } = stored.run;
    const isPutBack = this.#closing.signal.aborted && this.#book.get(id).stopIntent === null;
    if (isPutBack) {
      this.#book.change(id, { state: "queued", reason: null });
      return;
    }
    await this.#sealEmptyLog(id);
    await this.#storeEnd(id, () => this.#ending.neverRan(id, planOf(stored), error));
  }

  /** Resolves when the run was seen alive, could not be looked at, or its end is stored. */
  async #follow(stored: StoredRun, attachment: Attachment | null): Promise<void> {
    const { id, target } = stored.run;
    const plan = planOf(stored);
    const driver = this.#deps.targets.driverOf(target);
    const live = new LiveRun(id, { ...this.#deps, book: this.#book, driver, plan });
    this.#live.set(id, live);
    const work = this.#track(this.#followToEnd(live, plan, attachment));
    // A start that was sent while this core began to close.
    if (this.#closing.signal.aborted) void this.#track(live.close());
    await Promise.race([live.firstLook, work]);
  }

  async #followToEnd(live: LiveRun, plan: RunPlan, attachment: Attachment | null): Promise<void> {
    const end = await live.follow(attachment);
    if (end !== null) await this.#storeEnd(live.id, () => this.#ending.ended(live.id, plan, end));
    this.#live.delete(live.id);
  }

  /** An end that cannot be stored now, for instance because the disk is full, is stored as soon as it can. */
  async #storeEnd(id: RunId, store: () => Run | null): Promise<void> {
    const { signal } = this.#closing;
    while (!isFinal(this.#book.get(id).run.state)) {
      try {
        const successor = store();
        if (successor !== null) this.#due.add(successor.id, dueAtOf(this.#book.get(successor.id)));
        break;
      } catch (error) {
        writeFailure(this.#deps.log, error, `end of run ${id}`);
        if (signal.aborted) return;
        await pause(this.#deps.clock, STORE_RETRY_MS, signal);
      }
    }
    const { port } = this.#book.get(id).run;
    if (port !== null) this.#ports.giveBack(port);
  }

  #stopUnstarted(stored: StoredRun, intent: "user-soft" | "user-hard"): void {
    const { id, state } = stored.run;
    const isHard = intent === "user-hard";
    const start = this.#starts.get(id);
    if (start !== undefined || (state !== "queued" && state !== "needs-attention")) {
      this.#book.change(id, { stopIntent: intent });
      start?.cancel();
      return;
    }
    this.#due.remove(id);
    const code = isHard ? "killed-by-user" : "stopped-by-user";
    this.#book.change(id, {
      state: isHard && state === "queued" ? "killed" : "stopped",
      reason: { code, details: {} },
      stopIntent: intent,
      endedAtMs: this.#deps.clock.nowMs(),
    });
    void this.#track(this.#sealEmptyLog(id));
  }

  /** Whoever follows the log of a run that never ran learns that nothing comes. */
  async #sealEmptyLog(id: RunId): Promise<void> {
    try {
      const writer = await this.#deps.logs.openWriter(id);
      await writer.seal();
    } catch (error) {
      this.#deps.log.warn("the log of a run that never ran could not be closed", {
        run: id,
        problem: String(error),
      });
    }
  }

  async #takeUp(stored: StoredRun): Promise<void> {
    const { run } = stored;
    if (run.port !== null) this.#ports.keep(run.port);
    if (mayHaveProcess(run.state)) {
      // Its target is not there now, for instance an engine that was removed: it is looked up by a later core.
      if (this.#findDriver(run.target) instanceof AppError) return;
      await this.#follow(stored, null);
      return;
    }
    if (run.state === "needs-attention") this.#book.change(run.id, { state: "queued", reason: null });
    const dueAtMs = dueAtOf(stored);
    if (dueAtMs === 0) this.#enqueue(run.id);
    else this.#due.add(run.id, dueAtMs);
  }

  #findDriver(target: TargetId): Driver | AppError {
    try {
      return this.#deps.targets.driverOf(target);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** Keeps closing waiting for `work`, and writes down what it throws: nobody else hears it. */
  async #track(work: Promise<void>): Promise<void> {
    const tracked = work.catch((error: unknown) => {
      writeFailure(this.#deps.log, error, "run supervisor");
    });
    this.#work.add(tracked);
    await tracked;
    this.#work.delete(tracked);
  }
}

function planOf(stored: StoredRun): RunPlan {
  return resolvePlan(manifestSchema.parse(JSON.parse(stored.manifestJson)));
}

/** 0 for a run that is due at once. */
function dueAtOf(stored: StoredRun): number {
  return stored.dueAtMs ?? 0;
}
