import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Agent } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import {
  type AgentName,
  agentNameSchema,
  type RunId,
  releaseIdSchema,
  THIS_COMPUTER,
} from "#contract/ids.ts";
import { type Manifest, manifestSchema } from "#contract/manifest.ts";
import { type Run, startRunSchema } from "#contract/run.ts";
import { RunIdSource } from "#core/run-id.ts";
import { AuditTrail } from "#main/audit/index.ts";
import { createFakeDriver, type FakeDriver } from "#main/drivers/index.ts";
import {
  type AgentSource,
  createConsents,
  RunSupervisor,
  type RunSupervisorDeps,
  type SecretSource,
} from "#main/runs/index.ts";
import { openStore, type Store } from "#main/store/index.ts";
import type { HandOverRequest } from "#main/vault/index.ts";
import { FakeClock, settle } from "./fake-clock.ts";
import { MemoryLogs } from "./memory-logs.ts";

/** Agents without folders. */
export class FakeAgents implements AgentSource {
  readonly #agents = new Map<AgentName, Agent>();
  /** The next `prepareStart` throws this. */
  prepareError: Error | null = null;

  add(change: Partial<Manifest> = {}, agent: Partial<Agent> = {}): AgentName {
    const manifest = manifestSchema.parse({
      apiVersion: "pilothouse/v1",
      kind: "Agent",
      name: "worker",
      class: "computational",
      runtimes: { process: { command: ["work"] } },
      ...change,
    });
    const name = agentNameSchema.parse(manifest.name);
    this.#agents.set(name, {
      name,
      folder: `/agents/${name}`,
      manifest,
      problems: [],
      isPresent: true,
      release: null,
      isAutostart: false,
      addedAtMs: 0,
      revision: 1,
      ...agent,
    });
    return name;
  }

  list(): readonly Agent[] {
    return [...this.#agents.values()];
  }

  get(name: AgentName): Agent {
    const agent = this.#agents.get(name);
    if (agent === undefined) {
      throw new AppError("agent.not_found", `No agent is named ${name}`, {
        details: { agent: name, nearest: "" },
      });
    }
    return agent;
  }

  checkInput(_agent: Agent, input: unknown): string {
    return JSON.stringify(input ?? {});
  }

  async prepareStart(name: AgentName) {
    const error = this.prepareError;
    this.prepareError = null;
    if (error !== null) throw error;
    const release = releaseIdSchema.parse("a".repeat(64));
    return { release, releaseFolder: `/releases/${release}`, manifest: this.get(name).manifest };
  }
}

/** Credentials without a vault: those in `values` are there, in a store that is open or not. */
export class FakeSecrets implements SecretSource {
  readonly values = new Map<string, string>();
  isLocked = false;
  #opened = Promise.withResolvers<void>();

  check(agent: AgentName, uses: HandOverRequest["uses"]): void {
    for (const { name } of uses) {
      if (this.values.has(name)) continue;
      throw new AppError("start.credential_unavailable", `no ${name}`, {
        details: { agent, credential: name, problem: "it does not exist" },
      });
    }
  }

  async give({ agent, uses }: HandOverRequest) {
    this.check(agent, uses);
    if (this.isLocked) {
      const details = { store: "keychain", problem: "it is locked" };
      throw new AppError("vault.locked", "The keychain is locked", { details });
    }
    const read = (name: string) => this.values.get(name) ?? "";
    const env = uses.flatMap(({ env: names = {}, name }) =>
      Object.values(names).map((variable) => [variable, read(name)]),
    );
    return {
      env: Object.fromEntries(env) as Record<string, string>,
      files: [],
      descriptors: [],
      masked: uses.map(({ name }) => read(name)),
      unmasked: [],
    };
  }

  async untilUnlocked(_store: string, signal: AbortSignal): Promise<void> {
    const closed = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new AppError("run.cancelled", "closed")), { once: true });
    });
    await Promise.race([this.#opened.promise, closed]);
  }

  open(): void {
    this.isLocked = false;
    this.#opened.resolve();
    this.#opened = Promise.withResolvers();
  }
}

export interface Harness {
  readonly agents: FakeAgents;
  readonly audit: AuditTrail;
  readonly clock: FakeClock;
  readonly driver: FakeDriver;
  readonly events: CoreEvent[];
  readonly logs: MemoryLogs;
  readonly store: Store;
  /** What was written to Pilothouse's own log. */
  readonly written: string[];
  readonly probe: { answer: string | null };
  readonly secrets: FakeSecrets;
  supervisor: RunSupervisor;
  /** Starts the agent and lets everything settle. */
  start(agent?: AgentName, input?: unknown): Promise<Run>;
  run(id: RunId): Run;
  /** `state` or `state/reason` of every state entry of the timeline, without repeated ones. */
  history(id: RunId): readonly string[];
  /** Another core on the same store, logs and target. The one before is closed, or just gone. */
  restart(options?: { isKilled?: boolean } & Partial<RunSupervisorDeps>): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a core sees of the world; after `end` nothing it does has any effect, as after a kill. */
class CoreLife {
  readonly deps: RunSupervisorDeps;
  #isOver = false;

  constructor(deps: RunSupervisorDeps) {
    const { clock, logs, publish, records } = deps;
    this.deps = {
      ...deps,
      records: this.#mortal(records),
      logs: { ...bound(logs), openWriter: async (id) => this.#mortal(await logs.openWriter(id)) },
      publish: (event) => (this.#isOver ? undefined : publish(event)),
      clock: {
        nowMs: () => clock.nowMs(),
        monotonicMs: () => clock.monotonicMs(),
        after: (delayMs, action) => clock.after(delayMs, () => (this.#isOver ? undefined : action())),
      },
    };
  }

  end(): void {
    this.#isOver = true;
  }

  /** Calls after the end never come back. */
  #mortal<T extends object>(part: T): T {
    return new Proxy(part, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          if (!this.#isOver) return Reflect.apply(value, target, given);
          if (key === "append" || key === "sync" || key === "seal" || key === "release")
            return new Promise(() => undefined);
          throw new Error("this core is dead");
        };
      },
    });
  }
}

function bound(logs: RunSupervisorDeps["logs"]): RunSupervisorDeps["logs"] {
  return {
    openWriter: (id) => logs.openWriter(id),
    search: (request, signal) => logs.search(request, signal),
    remove: (id) => logs.remove(id),
  };
}

/** A supervisor on a real store, a scripted driver, memory logs and a clock that the test moves. */
export async function createHarness(change: Partial<RunSupervisorDeps> = {}): Promise<Harness> {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-harness-"));
  const clock = new FakeClock();
  const place = { folder, database: path.join(folder, "pilothouse.db") };
  const store = await openStore({ place, clock, onSnapshotFailed: () => undefined });
  const agents = new FakeAgents();
  const driver = createFakeDriver({ clock });
  const logs = new MemoryLogs();
  const events: CoreEvent[] = [];
  const written: string[] = [];
  const probe: { answer: string | null } = { answer: null };
  const secrets = new FakeSecrets();
  let seed = 0;
  const ids = new RunIdSource((count) => {
    seed += 1;
    return new Uint8Array(count).fill(seed % 32);
  });
  const audit = new AuditTrail({
    records: store.audit,
    clock,
    who: "ada",
    publish: () => undefined,
    onTrouble: (error) => written.push(String(error)),
  });
  const deps: RunSupervisorDeps = {
    records: store.runs,
    publish: (event) => events.push(event),
    logs,
    agents,
    targets: { driverOf: () => driver, drivers: () => [driver] },
    screens: {
      watch: () => ({ finish: async () => undefined, close: () => undefined }),
      removeOf: () => undefined,
    },
    secrets,
    consents: createConsents({ settings: store.settings, audit }),
    variables: {
      valuesFor: (agent, names) => {
        const [missing] = names;
        if (missing === undefined) return {};
        throw new AppError("start.variable_missing", `no ${missing}`, {
          details: { agent, variable: missing },
        });
      },
    },
    probes: { http: async () => probe.answer, command: async () => probe.answer },
    clock,
    log: {
      warn: (message) => written.push(message),
      bug: (error) => {
        written.push(`bug: ${error instanceof Error ? error.message : String(error)}`);
        return "incident";
      },
    },
    newRunId: () => ids.next(clock.nowMs()),
    random: () => 0,
    startsAutostart: true,
    ...change,
  };
  let life = new CoreLife(deps);
  const harness: Harness = {
    agents,
    audit,
    clock,
    driver,
    events,
    logs,
    store,
    written,
    probe,
    secrets,
    supervisor: new RunSupervisor(life.deps),
    async start(agent = agentNameSchema.parse("worker"), input = undefined) {
      const request = startRunSchema.parse({ agent, target: THIS_COMPUTER, input });
      const run = await harness.supervisor.start(request, "cli");
      await settle();
      return run;
    },
    run: (id) => {
      const stored = store.runs.find(id);
      if (stored === null) throw new Error(`no run ${id}`);
      return stored.run;
    },
    history: (id) => {
      const states = store.runs
        .timeline(id)
        .filter(({ kind }) => kind === "state")
        .map(({ state, reason }) =>
          reason === null || reason.code === "preparing" ? `${state}` : `${state}/${reason.code}`,
        );
      return states.filter((state, index) => state !== states[index - 1]);
    },
    async restart({ isKilled = false, ...more } = {}) {
      if (isKilled) life.end();
      else await harness.supervisor.close();
      logs.dropWriters();
      life = new CoreLife({ ...deps, ...more });
      harness.supervisor = new RunSupervisor(life.deps);
      const resumed = harness.supervisor.resume();
      await settle();
      await clock.pass(0);
      await resumed;
      await settle();
    },
    async [Symbol.asyncDispose]() {
      await harness.supervisor.close();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
  return harness;
}
