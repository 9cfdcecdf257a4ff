import path from "node:path";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { LogPage, LogStats, ReadLog } from "#contract/log.ts";
import type { LogSink, SetSink, SinkName, SinkTest } from "#contract/log-sink.ts";
import type { Door } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { Fetch } from "#main/network/index.ts";
import { assertAddress } from "./address.ts";
import { FileTarget } from "./file-target.ts";
import { Forwarder, PENDING_LIMIT } from "./forwarder.ts";
import { createLokiTarget, createOtlpTarget, type HttpTargetDeps } from "./http-targets.ts";
import { LinesRefused, type Target } from "./sink-line.ts";
import type { SinkRecords, StoredSink } from "./sink-records.ts";

/** Gives the headers of a credential, after the use is on the audit trail. */
export type LoginHeaders = (
  request: { readonly credential: string; readonly sink: SinkName; readonly door: Door },
  signal: AbortSignal,
) => Promise<Readonly<Record<string, string>>>;

export interface SinksDeps {
  readonly records: SinkRecords;
  readonly logs: {
    page(request: ReadLog): Promise<LogPage>;
    stats(runId: RunId): Promise<LogStats>;
  };
  /** Runs that have not ended. */
  readonly liveRuns: () => readonly RunId[];
  readonly login: LoginHeaders;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly version: string;
  readonly random: () => number;
  /** How long a receiver may take; only tests name another. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** The places logs are forwarded to: off until somebody makes one. */
export class Sinks {
  readonly #deps: SinksDeps;
  readonly #forwarders = new Map<SinkName, Forwarder>();
  #isStarted = false;

  constructor(deps: SinksDeps) {
    this.#deps = deps;
  }

  /** Begins to send. A core that lives for one command does not call it. */
  start(): void {
    this.#isStarted = true;
    for (const sink of this.#deps.records.all()) this.#begin(sink, "startup");
  }

  async list(): Promise<readonly LogSink[]> {
    return await Promise.all(this.#deps.records.all().map((sink) => this.#view(sink)));
  }

  /**
   * On the audit trail before it takes effect, since from now on output leaves this computer.
   *
   * @throws AppError `sink.invalid`, `data.*`
   */
  async set(request: SetSink, door: Door): Promise<LogSink> {
    const { audit, clock, records } = this.#deps;
    const { name, target } = request;
    assertTarget(request);
    const where = target.kind === "file" ? target.folder : new URL(target.url).host;
    const details = { kind: target.kind, where, isOn: request.isOn };
    await audit.around({ door, action: "sink.set", subject: name, details }, async () => {
      await this.#end(name);
      const known = records.find(name);
      const isNew = known === null || known.target.kind !== target.kind;
      if (isNew) records.remove(name);
      records.save(request, clock.nowMs());
      if (isNew) await this.#skipWhatIsThere(name);
    });
    const stored = this.#find(name);
    this.#begin(stored, door);
    return await this.#view(stored);
  }

  /** What was sent stays sent. @throws AppError `sink.not_found` */
  async remove(name: SinkName, door: Door): Promise<void> {
    const { audit, records } = this.#deps;
    this.#find(name);
    await audit.around({ door, action: "sink.remove", subject: name }, async () => {
      await this.#end(name);
      records.remove(name);
    });
  }

  /**
   * Whether lines would arrive now; nothing is stored.
   *
   * @throws AppError `sink.*`, `vault.*`, `credential.*`, `data.*`, `folder.unreadable`
   */
  async test(name: SinkName, door: Door, signal: AbortSignal): Promise<SinkTest> {
    const { clock } = this.#deps;
    const beganMs = clock.monotonicMs();
    await using target = this.#target({ ...this.#find(name), targetState: null }, door);
    try {
      await target.test(signal);
    } catch (error) {
      if (!(error instanceof LinesRefused)) throw error;
      throw new AppError("sink.lines_refused", `${name}: ${error.message}`, {
        details: { sink: name, problem: error.message },
        cause: error,
      });
    }
    return { name, tookMs: Math.round(clock.monotonicMs() - beganMs) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStarted = false;
    await Promise.all([...this.#forwarders.keys()].map((name) => this.#end(name)));
  }

  #begin(sink: StoredSink, door: Door): void {
    if (!this.#isStarted || !sink.isOn) return;
    const { clock, logs, random, records } = this.#deps;
    const { agents, name } = sink;
    const target = this.#target(sink, door);
    const forwarder = new Forwarder({ name, agents, target, records, logs, clock, random });
    this.#forwarders.set(name, forwarder);
    forwarder.start();
  }

  async #end(name: SinkName): Promise<void> {
    const forwarder = this.#forwarders.get(name);
    this.#forwarders.delete(name);
    await forwarder?.[Symbol.asyncDispose]();
  }

  /** Live runs are sent from their next line on. */
  async #skipWhatIsThere(name: SinkName): Promise<void> {
    const { liveRuns, logs, records } = this.#deps;
    const places = await Promise.all(
      liveRuns().map(async (runId) => {
        const { lineCount: line, sizeBytes } = await logs.stats(runId).catch(asNothing);
        return { runId, line, sizeBytes, isDone: false };
      }),
    );
    records.place(name, places);
  }

  #target({ name, target, targetState }: StoredSink, door: Door): Target {
    if (target.kind === "file") return new FileTarget({ sink: name, target, state: targetState });
    const { clock, fetch, login, timeoutMs = TIMEOUT_MS, version } = this.#deps;
    const { credential } = target;
    const headers = async (signal: AbortSignal) =>
      credential === null ? {} : await login({ credential, sink: name, door }, signal);
    const deps: HttpTargetDeps = { sink: name, headers, clock, fetch, timeoutMs, version };
    return target.kind === "loki" ? createLokiTarget(target, deps) : createOtlpTarget(target, deps);
  }

  async #view({ targetState, ...sink }: StoredSink): Promise<LogSink> {
    const forwarder = this.#forwarders.get(sink.name);
    const waiting = await this.#waiting(sink);
    const { retryAtMs = null, state = "resting", trouble = null } = forwarder?.status ?? {};
    return { ...sink, ...waiting, state: sink.isOn ? state : "off", trouble, retryAtMs };
  }

  async #waiting({
    agents,
    name,
  }: Pick<StoredSink, "agents" | "name">): Promise<{ waitingBytes: number; waitingRuns: number }> {
    const { logs, records } = this.#deps;
    let waitingBytes = 0;
    let waitingRuns = 0;
    for (const { agent, line, runId, sizeBytes } of records.pending(name, PENDING_LIMIT)) {
      if (agents !== null && !agents.includes(agent)) continue;
      const stats = await logs.stats(runId).catch(asNothing);
      if (stats.lineCount <= line) continue;
      waitingRuns += 1;
      // Line ends and bytes that are no characters make the count of what was sent inexact.
      waitingBytes += Math.max(stats.lineCount - line, stats.sizeBytes - sizeBytes);
    }
    return { waitingBytes, waitingRuns };
  }

  #find(name: SinkName): StoredSink {
    const { records } = this.#deps;
    const found = records.find(name);
    if (found !== null) return found;
    const nearest = findNearest(
      name,
      records.all().map((sink) => sink.name),
    );
    throw new AppError("sink.not_found", `There is no sink ${name}`, {
      details: { sink: name, nearest: nearest ?? "" },
    });
  }
}

/** A log that is not there, or not to be read now, has nothing that waits. */
function asNothing(): { lineCount: number; sizeBytes: number } {
  return { lineCount: 0, sizeBytes: 0 };
}

/** @throws AppError `sink.invalid` */
function assertTarget({ name, target }: SetSink): void {
  if (target.kind !== "file") {
    assertAddress(name, target);
    return;
  }
  if (path.isAbsolute(target.folder)) return;
  throw new AppError("sink.invalid", `${name}: the folder ${target.folder} is not absolute`, {
    details: { sink: name, field: "folder", problem: "is not absolute" },
  });
}
