import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type Dockerode from "dockerode";
import type { RunId } from "#contract/ids.ts";
import type { LoadSample } from "#contract/run.ts";
import type { DriverCapabilities, TargetProbe } from "#contract/target.ts";
import type { Clock } from "#core/clock.ts";
import { placeBehind } from "#core/spool/cursor.ts";
import { toDataError } from "#main/platform/index.ts";
import type { AdoptRequest, Driver, OnProgress, RunHandle, RunSpec } from "../../driver.ts";
import { HOME_LABEL, runIdOf, timeOrNull } from "../engine/container-facts.ts";
import { cancelled } from "../engine/engine-api.ts";
import type { EngineLink } from "../engine/engine-link.ts";
import { nothingMore, openCatchUp } from "./catch-up.ts";
import { ContainerRun, type ContainerRunDeps } from "./container-run.ts";
import { ContainerStart, startedOf } from "./container-start.ts";
import { isLive } from "./container-state.ts";
import { isLogFollowExact } from "./create-options.ts";
import { readLoads } from "./load-watch.ts";
import type { BaseImages } from "./recipe.ts";
import { type ReadyImage, RunImages } from "./run-image.ts";
import { RunPlace } from "./run-place.ts";
import { RunSecretPlaces } from "./run-secrets.ts";
import { RunSpool, readSpool, type SpoolContent, type StartedContainer } from "./run-spool.ts";

export interface ContainerDriverDeps {
  readonly link: EngineLink;
  /** One folder per run; made when missing. */
  readonly runsFolder: string;
  readonly clock: Clock;
  /** User of agents whose image would run as root, e.g. `1000:1000`. */
  readonly plainUser: string;
  readonly bases: BaseImages;
  /** Network of the commands in a build; the engine's default when absent. */
  readonly buildNetwork?: string;
  /** Says where this computer has memory for private files. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** A driver with what its core does once, when it begins. */
export interface ContainerDriver extends Driver {
  /** Removes the secrets of runs that ended while no core was there. @throws AppError when the engine is away */
  sweepSecrets(signal: AbortSignal): Promise<void>;
}

/** When the spool is lost, nobody knows any more what the manifest said. */
const GRACE_MS = 10_000;
/** Runs that are prepared and never started leave nothing worth keeping. */
const MOST_READY = 100;

export function createContainerDriver(deps: ContainerDriverDeps): ContainerDriver {
  return new EngineDriver(deps);
}

/** Runs agents in containers of one engine. */
class EngineDriver implements ContainerDriver {
  readonly kind = "container";
  readonly capabilities: DriverCapabilities;
  readonly #deps: ContainerDriverDeps;
  readonly #images: RunImages;
  readonly #start: ContainerStart;
  readonly #home: string;
  readonly #secrets: RunSecretPlaces;
  /** Images that `prepare` found for runs that are about to start. */
  readonly #ready = new Map<RunId, ReadyImage>();
  readonly #watched = new Set<ContainerRun>();

  constructor(deps: ContainerDriverDeps) {
    const { bases, buildNetwork, link, runsFolder } = deps;
    this.#deps = deps;
    this.capabilities = {
      survivesAppExit: true,
      terminal: false,
      loadSamples: true,
      screenshots: link.isLocal,
      secrets: true,
      showsEnvironment: true,
      runtime: "container",
      otherRuntime: "process",
    };
    const network = buildNetwork === undefined ? {} : { buildNetwork };
    this.#images = new RunImages({ api: link.api, bases, ...network });
    this.#home = createHash("sha256").update(runsFolder).digest("hex").slice(0, 16);
    this.#secrets = new RunSecretPlaces({ ...deps, host: deps.environment, isLocal: link.isLocal });
    this.#start = new ContainerStart({ ...deps, home: this.#home });
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    const { clock, link } = this.#deps;
    const facts = await link.facts(signal);
    await link.api.call((docker) => docker.ping(), { signal });
    return {
      isReachable: true,
      atMs: clock.nowMs(),
      facts: [
        { key: "engine", value: `${facts.product} ${facts.version}` },
        { key: "address", value: link.addressText },
        { key: "system", value: facts.system },
        { key: "processors", value: String(facts.cpuCount) },
        { key: "memoryBytes", value: String(facts.memoryBytes) },
        { key: "gpus", value: facts.offersGpus ? "offered" : "not offered" },
      ],
      warnings: [
        ...facts.missingLimits.map((limit) => `The host of the engine cannot limit ${limit}`),
        ...(link.isLocal ? [] : ["Screenshots and the stop file need an engine on this computer"]),
      ],
    };
  }

  async prepare(spec: RunSpec, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw cancelled();
    await this.#makeFolder();
    const image = await this.#images.provide(spec, onProgress, signal);
    if (this.#ready.size >= MOST_READY) this.#ready.clear();
    this.#ready.set(spec.runId, image);
  }

  async start(spec: RunSpec, signal: AbortSignal): Promise<RunHandle> {
    if (signal.aborted) throw cancelled();
    await this.#makeFolder();
    const image = this.#ready.get(spec.runId) ?? (await this.#images.provide(spec, () => undefined, signal));
    this.#ready.delete(spec.runId);
    const place = new RunPlace(this.#deps.runsFolder, spec.runId);
    await place.create(spec);
    const { runId } = spec;
    let id: string | null = null;
    try {
      const secrets = await this.#secrets.create(spec);
      const { input, masked } = secrets;
      id = await this.#start.create(spec, { image, place, secrets, signal });
      await this.#start.check(spec, id, signal);
      const { started, stream } = await this.#start.start(spec, id, { input, signal });
      const spool = new RunSpool({ folder: place.spool, clock: this.#deps.clock, started, masked }, null);
      const source = { spool, stream, skip: started.captured, hasTimes: false, gap: null };
      const run = this.#watch({ place, runId, started, afterCursor: null, source });
      if (!signal.aborted) return run;
      await run.detach();
      throw cancelled();
    } catch (error) {
      // When the engine does not answer, what it made is found by its label later.
      if (id !== null) await this.#start.remove(id).catch(() => undefined);
      await Promise.all([place.remove(), this.#secrets.remove(runId)]);
      throw error;
    }
  }

  async adopt(request: AdoptRequest, signal: AbortSignal): Promise<RunHandle | null> {
    const { afterCursor, runId } = request;
    const place = new RunPlace(this.#deps.runsFolder, runId);
    const content = await readSpool(place.spool);
    if (content !== null && content.exit !== null) {
      await this.#secrets.remove(runId);
      return this.#watch({ place, runId, started: content.started, afterCursor, source: null });
    }
    const info = await this.#start.find(runId, signal);
    if (info !== null && timeOrNull(info.State.StartedAt) === null) {
      // It was made and never started, because Pilothouse or the engine went away in between.
      await this.#start.remove(info.Id);
      return null;
    }
    if (content === null && info === null) return null;
    return this.#goOn({ place, runId, content, info, afterCursor, signal });
  }

  async list(signal: AbortSignal): Promise<readonly RunId[]> {
    const infos = await this.#listOwn(signal);
    return infos.flatMap(({ Labels }) => runIdOf(Labels) ?? []).sort();
  }

  /** @throws Error when the run still lives */
  async remove(runId: RunId): Promise<void> {
    const info = await this.#start.find(runId, new AbortController().signal);
    if (info !== null) {
      if (isLive(info.State)) throw new Error(`run ${runId} is alive and cannot be removed`);
      await this.#start.remove(info.Id);
    }
    await this.#secrets.remove(runId);
    const place = new RunPlace(this.#deps.runsFolder, runId);
    try {
      await place.remove();
    } catch (error) {
      throw toDataError(error, place.path);
    }
  }

  async loadHistory(runId: RunId): Promise<readonly LoadSample[]> {
    return readLoads(new RunPlace(this.#deps.runsFolder, runId).loads);
  }

  async sweepSecrets(signal: AbortSignal): Promise<void> {
    const infos = await this.#listOwn(signal);
    const live = infos.filter(({ State }) => State !== "exited" && State !== "dead");
    await this.#secrets.sweep(new Set(live.flatMap(({ Labels }) => runIdOf(Labels) ?? [])));
  }

  /** Lets go of everything; runs go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#watched].map((run) => run.detach()));
  }

  async #listOwn(signal: AbortSignal): Promise<readonly Dockerode.ContainerInfo[]> {
    const filters = { label: [`${HOME_LABEL}=${this.#home}`] };
    return await this.#deps.link.api.call(
      (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }),
      { signal },
    );
  }

  /** Goes on where capturing broke off. Without a spool, all that the engine still has is taken down. */
  async #goOn(found: {
    readonly place: RunPlace;
    readonly runId: RunId;
    readonly content: SpoolContent | null;
    readonly info: Dockerode.ContainerInspectInfo | null;
    readonly afterCursor: string | null;
    readonly signal: AbortSignal;
  }): Promise<RunHandle | null> {
    const { clock, link } = this.#deps;
    const { afterCursor, content, info, place, runId, signal } = found;
    const facts = await link.facts(signal);
    const started =
      content?.started ??
      (info === null ? null : startedOf(info, { spec: { limits: {}, graceMs: GRACE_MS }, facts }));
    if (started === null) return null;
    const known = content ?? lostSpool(started, afterCursor);
    const isRunning = info !== null && isLive(info.State);
    const masked = started.isLogKept ? [] : await this.#secrets.masksOf(runId);
    const container = {
      isLive: isRunning,
      isFollowExact: isLogFollowExact(facts),
      isMaskable: masked !== null,
      signal,
    };
    const caughtUp = info === null ? nothingMore() : await openCatchUp(link.api, known, container);
    if (content === null) await mkdir(place.spool, { recursive: true, mode: 0o700 });
    const spool = new RunSpool({ folder: place.spool, clock, started, masked: masked ?? [] }, known);
    return this.#watch({
      place,
      runId,
      started,
      afterCursor,
      source: { ...caughtUp, spool },
    });
  }

  /** The one way to a handle, for runs just started and for those found again. */
  #watch({
    runId,
    ...request
  }: Pick<ContainerRunDeps, "place" | "started" | "afterCursor" | "source"> & {
    readonly runId: RunId;
  }): ContainerRun {
    const { clock, link } = this.#deps;
    const run = new ContainerRun({
      ...request,
      forgetSecrets: () => this.#secrets.remove(runId),
      api: link.api,
      clock,
      hasSharedFolder: link.isLocal,
      onLetGo: (over) => this.#watched.delete(over),
    });
    this.#watched.add(run);
    return run;
  }

  async #makeFolder(): Promise<void> {
    const { runsFolder } = this.#deps;
    try {
      await mkdir(runsFolder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw toDataError(error, runsFolder);
    }
  }
}

/** What is known without a spool. A new one begins behind what was read of the old one, so that its reader sees the gap. */
function lostSpool(started: StartedContainer, afterCursor: string | null): SpoolContent {
  const lastFile = afterCursor === null ? 0 : placeBehind(afterCursor).file;
  return { started, captured: started.captured, lastAtMs: 0, exit: null, lastFile };
}
