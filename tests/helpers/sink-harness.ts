import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type AgentName, agentNameSchema, type RunId, THIS_COMPUTER } from "#contract/ids.ts";
import { type LogSink, type SinkName, setSinkSchema, sinkNameSchema } from "#contract/log-sink.ts";
import { DEFAULT_NETWORK } from "#contract/network.ts";
import { RunIdSource } from "#core/run-id.ts";
import { AuditTrail } from "#main/audit/index.ts";
import type { LogStore, LogWriter } from "#main/logs/index.ts";
import { OutgoingNetwork } from "#main/network/index.ts";
import { Sinks, type SinksDeps } from "#main/sinks/index.ts";
import { openStore, type Store } from "#main/store/index.ts";
import { FastClock } from "./fast-clock.ts";
import { LOG_WORKER, openLogs } from "./log-store.ts";

/** A run whose output the test writes. */
export interface WrittenRun {
  readonly id: RunId;
  print(text: string, stream?: "stdout" | "stderr"): Promise<void>;
  end(): Promise<void>;
}

/** Five seconds on the fast clock: an answer that a busy machine holds up is not one that never comes. */
const ANSWER_MS = 500_000;

/** The real database, log store and sinks on a folder, with a clock that runs a hundred times as fast. */
export class SinkHarness implements AsyncDisposable {
  readonly folder: string;
  readonly clock = new FastClock();
  store!: Store;
  logs!: LogStore;
  sinks!: Sinks;
  readonly #ids = new RunIdSource((size) => crypto.getRandomValues(Buffer.alloc(size)));
  readonly #deps: Partial<SinksDeps>;

  constructor(folder: string, deps: Partial<SinksDeps>) {
    this.folder = folder;
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const { clock, folder } = this;
    const place = { folder, database: path.join(folder, "pilothouse.db") };
    this.store = await openStore({ place, clock, onSnapshotFailed: () => undefined });
    this.logs = openLogs(path.join(folder, "logs"), {
      clock,
      records: this.store.logs,
      workerScript: LOG_WORKER,
    });
    this.sinks = new Sinks({
      fetch: new OutgoingNetwork({ settings: () => DEFAULT_NETWORK }).fetch,
      records: this.store.sinks,
      logs: this.logs,
      liveRuns: () => this.store.runs.live().map(({ run }) => run.id),
      login: async () => ({ authorization: "Bearer s3cret-token" }),
      audit: new AuditTrail({
        records: this.store.audit,
        clock,
        who: "tester",
        publish: () => undefined,
        onTrouble: () => undefined,
      }),
      clock,
      version: "1.2.3",
      random: () => 0,
      timeoutMs: ANSWER_MS,
      ...this.#deps,
    });
    this.sinks.start();
  }

  /** Ends everything in order, as a core that closes. */
  async close(): Promise<void> {
    await this.sinks[Symbol.asyncDispose]();
    await this.logs[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }

  async set(name: string, target: object, more: object = {}): Promise<LogSink> {
    return await this.sinks.set(setSinkSchema.parse({ name, target, ...more }), "cli");
  }

  async sink(name: string): Promise<LogSink> {
    const found = (await this.sinks.list()).find((sink) => sink.name === name);
    if (found === undefined) throw new Error(`there is no sink ${name}`);
    return found;
  }

  nameOf(name: string): SinkName {
    return sinkNameSchema.parse(name);
  }

  async beginRun(agent: AgentName = agentNameSchema.parse("worker")): Promise<WrittenRun> {
    const { clock, logs, store } = this;
    const id = this.#ids.next(clock.nowMs());
    store.runs.insert({
      id,
      agent,
      target: THIS_COMPUTER,
      release: null,
      inputJson: "{}",
      attempt: 1,
      previousRunId: null,
      door: "cli",
      createdAtMs: clock.nowMs(),
      dueAtMs: null,
      manifestJson: "{}",
    });
    store.runs.change(id, { atMs: clock.nowMs(), state: "starting" });
    store.runs.change(id, { atMs: clock.nowMs(), state: "running", startedAtMs: clock.nowMs() });
    return writtenRun(this, id, await logs.openWriter(id));
  }

  /** Resolves once the sink is as wanted. */
  async until(name: string, fits: (sink: LogSink) => boolean): Promise<LogSink> {
    const giveUpMs = performance.now() + 60_000;
    for (;;) {
      const sink = await this.sink(name);
      if (fits(sink)) return sink;
      if (performance.now() > giveUpMs) throw new Error(`never became so: ${JSON.stringify(sink)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function writtenRun({ clock, store }: SinkHarness, id: RunId, writer: LogWriter): WrittenRun {
  let written = 0;
  return {
    id,
    async print(text, stream = "stdout") {
      written += 1;
      await writer.append({ stream, bytes: Buffer.from(text), atMs: clock.nowMs(), cursor: `c${written}` });
    },
    async end() {
      await writer.seal();
      store.runs.change(id, { atMs: clock.nowMs(), state: "succeeded", endedAtMs: clock.nowMs() });
    },
  };
}

export async function createSinkHarness(deps: Partial<SinksDeps> = {}): Promise<SinkHarness> {
  const harness = new SinkHarness(await mkdtemp(path.join(tmpdir(), "pilothouse-sinks-")), deps);
  await harness.open();
  return harness;
}
