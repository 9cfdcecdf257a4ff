import type { AgentName, ReleaseId, RunId } from "#contract/ids.ts";
import {
  type AgentLogLimits,
  DEFAULT_LOG_LIMITS,
  type LimitLogs,
  type LogKeeping,
  type TidyReport,
} from "#contract/log-keeping.ts";
import { isFinal, type Run } from "#contract/run.ts";
import type { Settings } from "#contract/system.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { LogRecords } from "./log-records.ts";
import { ownLogBytes, tidyOwnLog } from "./own-log.ts";
import { type StoredLog, storedLogs, storedTotals } from "./stored-logs.ts";

type LimitSettings = Pick<Settings, "logMaxAgeDays" | "logMaxBytes" | "logLimitsByAgent">;

export interface LogRetentionDeps {
  /** The folder of all logs. */
  readonly folder: string;
  readonly ownLogFile: string;
  readonly clock: Clock;
  readonly records: Pick<LogRecords, "pinned">;
  readonly remove: (runId: RunId) => Promise<void>;
  /** Where the limits are stored; they are looked up anew each time. */
  readonly settings: { get(): LimitSettings; change(change: Partial<LimitSettings>): unknown };
  /** @throws AppError `agent.not_found` for a name that no agent and no run has */
  readonly assertAgent: (agent: AgentName) => void;
  /** Null for a run that was forgotten. */
  readonly findRun: (runId: RunId) => Pick<Run, "agent" | "state" | "release"> | null;
  /** Removes releases that nobody uses, besides those that are told here; says how many. */
  readonly removeReleases: (usedByLogs: ReadonlySet<ReleaseId>) => Promise<number>;
  readonly onFailed: (error: unknown) => void;
}

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

interface Limits {
  readonly maxAgeDays: number;
  readonly maxBytes: number;
  readonly byAgent: Readonly<Record<string, AgentLogLimits>>;
}

interface Candidate extends StoredLog {
  readonly agent: AgentName | null;
  readonly release: ReleaseId | null;
  /** False for the log of a live run and for a pinned one. */
  readonly canGo: boolean;
}

/**
 * Removes logs that are too old or too many, oldest runs first, and then the releases that only those runs used.
 *
 * Logs of live runs and pinned logs stay, and count towards the sizes all the same. A log's age is that of its last
 * byte. What a run was stays in its history; only its output is gone.
 */
export class LogRetention {
  readonly #deps: LogRetentionDeps;
  #timer: Timer | null = null;
  #tidying: Promise<unknown> = Promise.resolve();
  #lastTidy: TidyReport | null = null;
  #isClosed = false;

  constructor(deps: LogRetentionDeps) {
    this.#deps = deps;
  }

  /** Looks soon and then every hour. */
  start(): void {
    this.#schedule(FIRST_AFTER_MS);
  }

  async keeping(): Promise<LogKeeping> {
    const { folder, ownLogFile } = this.#deps;
    const totals = await storedTotals(folder);
    const limits = this.#limits();
    return { ...limits, ...totals, ownLogBytes: await ownLogBytes(ownLogFile), lastTidy: this.#lastTidy };
  }

  pinned(): readonly RunId[] {
    return [...this.#deps.records.pinned()];
  }

  /**
   * Durable when it resolves; logs that are beyond the new limits go at the next tidying.
   *
   * @throws AppError `agent.not_found`
   */
  async setLimits({ agent, maxAgeDays, maxBytes }: LimitLogs): Promise<LogKeeping> {
    const { assertAgent, settings } = this.#deps;
    if (agent === undefined) {
      settings.change({
        ...(maxAgeDays === undefined ? {} : { logMaxAgeDays: maxAgeDays ?? DEFAULT_LOG_LIMITS.maxAgeDays }),
        ...(maxBytes === undefined ? {} : { logMaxBytes: maxBytes ?? DEFAULT_LOG_LIMITS.maxBytes }),
      });
      return this.keeping();
    }
    const { [agent]: before = {}, ...others } = settings.get().logLimitsByAgent;
    // Limits of an agent that is gone may still be taken back.
    if (Object.keys(before).length === 0) assertAgent(agent);
    const own = changedLimits(before, { maxAgeDays, maxBytes });
    const isOwn = Object.keys(own).length > 0;
    settings.change({ logLimitsByAgent: isOwn ? { ...others, [agent]: own } : others });
    return this.keeping();
  }

  /** Removes what has to go now, after a tidying that is under way. */
  async tidy(): Promise<TidyReport> {
    const tidying = this.#tidying.then(() => this.#tidy());
    // Whoever waits next must not fail for this one.
    this.#tidying = tidying.catch(() => undefined);
    return tidying;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#tidying;
  }

  #schedule(afterMs: number): void {
    this.#timer = this.#deps.clock.after(afterMs, () => {
      void this.tidy()
        .catch(this.#deps.onFailed)
        .finally(() => {
          if (!this.#isClosed) this.#schedule(EVERY_MS);
        });
    });
  }

  #limits(): Limits {
    const { logMaxAgeDays, logMaxBytes, logLimitsByAgent } = this.#deps.settings.get();
    return { maxAgeDays: logMaxAgeDays, maxBytes: logMaxBytes, byAgent: logLimitsByAgent };
  }

  async #tidy(): Promise<TidyReport> {
    const { clock, ownLogFile, removeReleases } = this.#deps;
    const limits = this.#limits();
    const { maxBytes } = limits;
    const olderThanMs = clock.nowMs() - limits.maxAgeDays * DAY_MS;
    const ownBytes = await tidyOwnLog(ownLogFile, { olderThanMs, maxBytes });
    const logs = await this.#candidates();
    const gone = await this.#remove(logs, this.#going(logs, limits, maxBytes - ownBytes));
    const used = logs.flatMap(({ runId, release }) => (release === null || gone.has(runId) ? [] : [release]));
    const removedReleases = this.#isClosed ? 0 : await removeReleases(new Set(used));
    const freedBytes = logs.reduce(
      (total, { runId, storedBytes }) => total + (gone.has(runId) ? storedBytes : 0),
      0,
    );
    this.#lastTidy = { atMs: clock.nowMs(), removedLogs: gone.size, freedBytes, removedReleases };
    return this.#lastTidy;
  }

  #going(logs: readonly Candidate[], limits: Limits, roomBytes: number): ReadonlySet<RunId> {
    const going = new Set<RunId>();
    for (const log of logs) if (this.#isTooOld(log, limits)) going.add(log.runId);
    for (const [agent, { maxBytes }] of Object.entries(limits.byAgent)) {
      const own = logs.filter((log) => log.agent === agent);
      if (maxBytes !== undefined) shrink(own, { maxBytes, going });
    }
    shrink(logs, { maxBytes: roomBytes, going });
    return going;
  }

  /** Says which are gone; the end of the program leaves the others for the next time. */
  async #remove(logs: readonly Candidate[], going: ReadonlySet<RunId>): Promise<ReadonlySet<RunId>> {
    const gone = new Set<RunId>();
    for (const { runId } of logs) {
      if (this.#isClosed) break;
      if (!going.has(runId) || !this.#canStillGo(runId)) continue;
      await this.#deps.remove(runId);
      gone.add(runId);
    }
    return gone;
  }

  /** Somebody may have pinned it while others were removed. */
  #canStillGo(runId: RunId): boolean {
    return !this.#deps.records.pinned().has(runId);
  }

  async #candidates(): Promise<readonly Candidate[]> {
    const pinned = this.#deps.records.pinned();
    const candidates: Candidate[] = [];
    for await (const log of storedLogs(this.#deps.folder)) {
      const run = this.#deps.findRun(log.runId);
      const isLive = run !== null && !isFinal(run.state);
      candidates.push({
        ...log,
        agent: run?.agent ?? null,
        release: run?.release ?? null,
        canGo: !isLive && !pinned.has(log.runId),
      });
    }
    return candidates;
  }

  #isTooOld({ agent, canGo, changedAtMs }: Candidate, limits: Limits): boolean {
    const own = agent === null ? undefined : limits.byAgent[agent];
    const maxAgeDays = own?.maxAgeDays ?? limits.maxAgeDays;
    return canGo && changedAtMs < this.#deps.clock.nowMs() - maxAgeDays * DAY_MS;
  }
}

/** An absent change keeps what was; null takes it away. */
function changedLimits(
  before: AgentLogLimits,
  change: Pick<LimitLogs, "maxAgeDays" | "maxBytes">,
): { maxAgeDays?: number; maxBytes?: number } {
  const maxAgeDays = change.maxAgeDays === undefined ? before.maxAgeDays : change.maxAgeDays;
  const maxBytes = change.maxBytes === undefined ? before.maxBytes : change.maxBytes;
  return { ...(maxAgeDays == null ? {} : { maxAgeDays }), ...(maxBytes == null ? {} : { maxBytes }) };
}

/** Marks the oldest logs that can go until the others fit. */
function shrink(
  logs: readonly Candidate[],
  { maxBytes, going }: { maxBytes: number; going: Set<RunId> },
): void {
  let bytes = 0;
  for (const { runId, storedBytes } of logs) if (!going.has(runId)) bytes += storedBytes;
  for (const { canGo, runId, storedBytes } of logs) {
    if (bytes <= maxBytes) return;
    if (!canGo || going.has(runId)) continue;
    going.add(runId);
    bytes -= storedBytes;
  }
}
