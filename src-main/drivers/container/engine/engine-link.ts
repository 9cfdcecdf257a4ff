import type { Container, ContainerList, Engine, EngineState } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { type LookedUp, toContainer, toLookedUp } from "./container-facts.ts";
import { ContainerLooks } from "./container-looks.ts";
import { isLocalAddress } from "./engine-address.ts";
import { cancelled, EngineApi, type EngineApiDeps } from "./engine-api.ts";
import type { FoundEngine } from "./find-engines.ts";
import { inspectContainer } from "./inspect-container.ts";
import { readJsonLines } from "./json-lines.ts";

export interface EngineLinkDeps {
  readonly id: Engine["id"];
  readonly found: FoundEngine;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
  readonly agentFor: EngineApiDeps["agentFor"];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Words that start the compose tool for an engine of this product. */
  readonly composeTool: (product: Engine["product"]) => string | null;
}

/** What an engine says about itself; asked again after each time it was away. */
export interface EngineFacts {
  readonly product: Engine["product"];
  readonly version: string;
  readonly isRootless: boolean;
  readonly offersGpus: boolean;
  /** Log drivers it offers; empty when it does not say. */
  readonly logDrivers: readonly string[];
  readonly system: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  /** Limits its host cannot keep. */
  readonly missingLimits: readonly ("cpus" | "memory" | "pids")[];
}

/** With the deadline: a change from outside is seen within 5 s, a hung engine within 8 s. */
const RECONCILE_MS = 4_000;
const DEADLINE_MS = 4_000;
/** A run that is to start is worth a longer wait. */
const FACTS_MS = 20_000;
const PATIENCE_MS = 3_000;
/** Events come in bursts; one full look answers all of a burst. */
const AFTER_EVENT_MS = 150;

/**
 * One engine as it is now.
 *
 * The full list of containers is the truth, fetched at least every 4 s; the event stream only says when to
 * look sooner. A look has a deadline, so an engine that hangs becomes `not-answering` and holds up nothing.
 */
export class EngineLink {
  readonly api: EngineApi;
  readonly #deps: EngineLinkDeps;
  readonly #closing = new AbortController();
  readonly #looks: ContainerLooks;
  #containers = new Map<string, Container>();
  #facts: EngineFacts | null = null;
  #asking: Promise<EngineFacts> | null = null;
  #state: EngineState = "connecting";
  #problem: string | null = null;
  #answeredAtMs: number | null = null;
  #isListening = false;
  #timer: Timer | null = null;
  #look: Promise<void> | null = null;
  #isLookWanted = false;
  #published = "";

  constructor(deps: EngineLinkDeps) {
    this.#deps = deps;
    this.api = new EngineApi({
      engine: deps.id,
      address: deps.found.address,
      clock: deps.clock,
      agentFor: deps.agentFor,
      environment: deps.environment,
    });
    this.#looks = new ContainerLooks({
      inspect: (id) => this.#inspect(id),
      onNews: () => this.#take([...this.#containers.values()]),
    });
  }

  get id(): Engine["id"] {
    return this.#deps.id;
  }

  get isLocal(): boolean {
    return isLocalAddress(this.#deps.found.address);
  }

  /** Folder with the files of its TLS connection; null for an engine that is reached without. */
  get tlsFolder(): string | null {
    const { address } = this.#deps.found;
    return address.kind === "tcp" ? (address.tls?.folder ?? null) : null;
  }

  get addressText(): string {
    return this.#deps.found.addressText;
  }

  get engine(): Engine {
    const { id, found, composeTool } = this.#deps;
    const containers = [...this.#containers.values()];
    return {
      id,
      product: this.#facts?.product ?? "unknown",
      version: this.#facts?.version ?? "",
      address: found.addressText,
      source: found.source,
      state: this.#state,
      problem: this.#problem,
      answeredAtMs: this.#answeredAtMs,
      isLocal: this.isLocal,
      isRootless: this.#facts?.isRootless ?? false,
      offersGpus: this.#facts?.offersGpus ?? false,
      containerCount: containers.length,
      runningCount: containers.filter(({ state }) => state === "running").length,
      composeTool: composeTool(this.#facts?.product ?? "unknown"),
    };
  }

  list(): ContainerList {
    return { engine: this.id, atMs: this.#answeredAtMs, containers: [...this.#containers.values()] };
  }

  start(): void {
    this.#schedule(0);
  }

  /** Looks now and resolves when that look is done, whatever came of it. */
  async lookNow(): Promise<void> {
    // A look that is under way may have been answered before whatever the caller just changed.
    await this.#look;
    await this.#lookOnce();
  }

  /** What the engine is. @throws AppError `engine.not_answering` */
  async facts(signal: AbortSignal): Promise<EngineFacts> {
    if (this.#facts !== null) return this.#facts;
    // Those who ask at the same time wait for one answer, of which an engine under load gives few.
    this.#asking ??= this.#askFacts(this.#closing.signal, FACTS_MS).finally(() => {
      this.#asking = null;
    });
    const asking = this.#asking;
    this.#facts = await unlessAborted(asking, signal);
    return this.#facts;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#timer?.cancel();
    await this.api.close();
  }

  async #inspect(id: string): Promise<LookedUp> {
    return toLookedUp(await inspectContainer(this.api, id, { signal: this.#closing.signal }));
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#closing.signal.aborted) return;
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#lookOnce());
  }

  #lookSoon(): void {
    if (this.#look === null) this.#schedule(AFTER_EVENT_MS);
    else this.#isLookWanted = true;
  }

  #lookOnce(): Promise<void> {
    this.#look ??= this.#lookAndStore().finally(() => {
      this.#look = null;
      this.#schedule(this.#isLookWanted ? AFTER_EVENT_MS : RECONCILE_MS);
      this.#isLookWanted = false;
    });
    return this.#look;
  }

  async #lookAndStore(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const infos = await this.api.call(
        (docker, abortSignal) => docker.listContainers({ all: true, abortSignal }),
        {
          signal,
          deadlineMs: DEADLINE_MS,
        },
      );
      const isBack = this.#state === "not-answering";
      this.#answeredAtMs = this.#deps.clock.nowMs();
      this.#state = "ready";
      this.#problem = null;
      const containers = infos.map(toContainer);
      this.#take(containers);
      this.#looks.follow(containers);
      if (!this.#isListening) void this.#listen();
      if (isBack) this.#publishEngine();
      // It may come back as another version.
      if (this.#facts === null || isBack) await this.#renewFacts(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AppError)) throw error;
      this.#state = "not-answering";
      this.#problem = error.message;
    }
    this.#publishEngine();
  }

  /** What an engine says about itself may take longer than its list; the list does not wait for that. */
  async #renewFacts(signal: AbortSignal): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(PATIENCE_MS, patience.resolve);
    const asked = this.#askFacts(signal, FACTS_MS).then(
      (facts) => {
        this.#facts = facts;
        this.#publishEngine();
      },
      // The next look asks again as long as nothing is known; what was known before stays.
      () => undefined,
    );
    await Promise.race([asked, patience.promise]);
    timer.cancel();
  }

  async #askFacts(signal: AbortSignal, deadlineMs: number): Promise<EngineFacts> {
    const options = { deadlineMs, signal };
    const [version, info] = await this.api.call(
      (docker) => Promise.all([docker.version(), docker.info()]),
      options,
    );
    return toFacts(version, info);
  }

  #take(listed: readonly Container[]): void {
    const before = this.#containers;
    const containers = listed.map((container) => ({ ...container, ...this.#looks.of(container.id) }));
    this.#containers = new Map(containers.map((container) => [container.id, container]));
    const changed = containers.filter(
      (container) => JSON.stringify(before.get(container.id)) !== JSON.stringify(container),
    );
    const removed = [...before.keys()].filter((id) => !this.#containers.has(id));
    if (changed.length === 0 && removed.length === 0) return;
    this.#deps.publish({ type: "containers.changed", engine: this.id, changed, removed });
  }

  #publishEngine(): void {
    // How long ago it answered is no news as long as it answers.
    const key = JSON.stringify({ ...this.engine, answeredAtMs: null });
    if (key === this.#published) return;
    this.#published = key;
    this.#deps.publish({ type: "engine.changed", engine: this.engine });
  }

  async #listen(): Promise<void> {
    this.#isListening = true;
    const { signal } = this.#closing;
    try {
      const stream = await this.api.call((docker) => docker.getEvents({ abortSignal: signal }), { signal });
      this.#looks.doubtAll();
      for await (const event of readJsonLines(stream)) {
        const id = startedOrEnded(event);
        if (id !== null) this.#looks.doubt(id);
        this.#lookSoon();
      }
    } catch {
      // Events are hints: the regular look finds what they did not say, and listens again.
    } finally {
      this.#isListening = false;
      if (!signal.aborted) this.#lookSoon();
    }
  }
}

/** The container that an event says has started or ended; health checks and shells are events too. */
function startedOrEnded(event: unknown): string | null {
  const { Action: action, Actor: actor } = event as {
    readonly Action?: unknown;
    readonly Actor?: { readonly ID?: unknown };
  };
  return STARTS_AND_ENDS.has(String(action)) && typeof actor?.ID === "string" ? actor.ID : null;
}

/** Docker says `die`, Podman `died`. */
const STARTS_AND_ENDS: ReadonlySet<string> = new Set(["start", "restart", "die", "died"]);

/** @throws AppError `run.cancelled` as soon as the signal aborts; the work goes on for others */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw cancelled();
  const given = Promise.withResolvers<never>();
  const onAbort = () => given.reject(cancelled());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, given.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

interface VersionAnswer {
  readonly Version?: string;
  readonly Components?: readonly { readonly Name: string }[];
}

interface InfoAnswer {
  readonly SecurityOptions?: readonly string[] | null;
  readonly Rootless?: boolean;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
  readonly Plugins?: { readonly Log?: readonly string[] | null };
  readonly OperatingSystem?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly CpuCfsQuota?: boolean;
  readonly MemoryLimit?: boolean;
  readonly PidsLimit?: boolean;
}

/** Put there by NVIDIA's tools for containers. */
const GPU_RUNTIME = "nvidia";

function toFacts(version: VersionAnswer, info: InfoAnswer): EngineFacts {
  const isPodman = (version.Components ?? []).some(({ Name }) => Name.startsWith("Podman"));
  const rootlessOption = (info.SecurityOptions ?? []).some((option) => option.includes("rootless"));
  return {
    product: isPodman ? "podman" : "docker",
    version: version.Version ?? "",
    isRootless: rootlessOption || info.Rootless === true,
    // Podman takes no requests for devices over its Docker API; see QUIRKS.md.
    offersGpus: !isPodman && Object.hasOwn(info.Runtimes ?? {}, GPU_RUNTIME),
    logDrivers: info.Plugins?.Log ?? [],
    system: info.OperatingSystem ?? "",
    cpuCount: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    missingLimits: [
      ...(info.CpuCfsQuota === false ? (["cpus"] as const) : []),
      ...(info.MemoryLimit === false ? (["memory"] as const) : []),
      ...(info.PidsLimit === false ? (["pids"] as const) : []),
    ],
  };
}
