import { join } from "node:path";
import type { ContainerConsent, ContainerPlan, Engine, EngineId } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import { type AgentName, type TargetId, targetIdSchema } from "#contract/ids.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import type { Driver } from "../driver.ts";
import type { EngineApiDeps } from "./engine/engine-api.ts";
import { EngineLink } from "./engine/engine-link.ts";
import { type EngineSearchDeps, type FoundEngine, findEngines } from "./engine/find-engines.ts";
import { createContainerDriver } from "./run/container-driver.ts";
import { BASE_IMAGES, type BaseImages, planImage, type RecipeSpec } from "./run/recipe.ts";
import { ComposeTools } from "./steer/compose-tool.ts";
import { Containers } from "./steer/containers.ts";
import { Groups } from "./steer/groups.ts";
import { Images } from "./steer/images.ts";
import { watchLoads } from "./steer/loads.ts";
import { Shells } from "./steer/shells.ts";

export interface EnginesDeps {
  readonly search: EngineSearchDeps;
  readonly agentFor: EngineApiDeps["agentFor"];
  /** One folder per engine, with the runs on it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
  /** User of agents whose image would run as root. */
  readonly plainUser: string;
  /** Called once per engine that was found; from then on it is a target. */
  readonly onFound: (target: {
    readonly id: TargetId;
    readonly name: string;
    readonly driver: Driver;
  }) => void;
  /** What decides the image of an agent. @throws AppError `agent.not_found` */
  readonly recipeOf: (
    agent: AgentName,
  ) => RecipeSpec & { readonly missingConsents: readonly ContainerConsent[] };
  readonly bases?: BaseImages;
  /** Network of the commands in a build; the engine's default when absent. */
  readonly buildNetwork?: string;
  /** How often engines are looked for again: one may be started, or installed, while Pilothouse runs. */
  readonly searchEveryMs?: number;
}

const SEARCH_EVERY_MS = 15_000;

/** Every container engine of this computer, and what can be done on each. */
export class Engines {
  readonly containers;
  readonly shells: Shells;
  readonly images;
  readonly groups: Groups;
  readonly #deps: EnginesDeps;
  readonly #links = new Map<EngineId, EngineLink>();
  readonly #drivers: Driver[] = [];
  readonly #tools: ComposeTools;
  readonly #closing = new AbortController();
  #nextSearch: Timer | null = null;

  constructor(deps: EnginesDeps) {
    const { clock, search } = deps;
    const findLink = (id: EngineId) => this.#get(id);
    const after = (delayMs: number) =>
      new Promise<void>((resolve) => {
        clock.after(delayMs, resolve);
      });
    const containers = new Containers(findLink);
    const images = new Images(findLink);
    this.#deps = deps;
    this.#tools = new ComposeTools({ ...search.environment });
    this.shells = new Shells(findLink);
    this.groups = new Groups({ findLink, tools: this.#tools, environment: { ...search.environment } });
    this.containers = Object.assign(containers, {
      load: (engine: EngineId, names: readonly string[], signal: AbortSignal) =>
        watchLoads(findLink, { engine, containers: names }, { signal, after }),
    });
    this.images = Object.assign(images, {
      plan: (engine: EngineId, agent: AgentName) => this.#plan(engine, agent),
    });
  }

  list(): readonly Engine[] {
    return [...this.#links.values()].map(({ engine }) => engine);
  }

  async look(id: EngineId): Promise<Engine> {
    const link = this.#get(id);
    await link.lookNow();
    return link.engine;
  }

  /**
   * Finds engines and begins to look at those that are new, now and from time to time from now on. Resolves before any
   * of them has answered.
   */
  async discover(): Promise<readonly Engine[]> {
    const found = await this.#search();
    this.#tools.forget();
    this.#searchLater();
    return found;
  }

  #searchLater(): void {
    const { clock, search, searchEveryMs = SEARCH_EVERY_MS } = this.#deps;
    this.#nextSearch?.cancel();
    if (this.#closing.signal.aborted) return;
    this.#nextSearch = clock.after(searchEveryMs, () => {
      this.#search()
        .catch((error: unknown) => search.onTrouble(`engines could not be looked for: ${String(error)}`))
        .finally(() => this.#searchLater());
    });
  }

  async #search(): Promise<readonly Engine[]> {
    const found = await findEngines(this.#deps.search);
    if (this.#closing.signal.aborted) return this.list();
    const known = new Set([...this.#links.values()].map(({ addressText }) => addressText));
    for (const one of found) if (!known.has(one.addressText)) this.#add(one);
    return this.list();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#nextSearch?.cancel();
    this.shells.closeAll();
    await Promise.all(this.#drivers.map((driver) => driver[Symbol.asyncDispose]()));
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }

  #add(found: FoundEngine): void {
    const {
      agentFor,
      bases = BASE_IMAGES,
      buildNetwork,
      clock,
      folder,
      onFound,
      plainUser,
      publish,
      search,
    } = this.#deps;
    const id = this.#freeId(found.name);
    const link = new EngineLink({
      id,
      found,
      clock,
      publish,
      agentFor,
      environment: search.environment,
      composeTool: (product) => this.#tools.known(product)?.join(" ") ?? null,
    });
    const driver = createContainerDriver({
      link,
      runsFolder: join(folder, id),
      clock,
      plainUser,
      bases,
      environment: search.environment,
      platform: search.platform,
      ...(buildNetwork === undefined ? {} : { buildNetwork }),
    });
    this.#links.set(id, link);
    this.#drivers.push(driver);
    link.start();
    // An engine that does not answer now is swept by a later core.
    driver.sweepSecrets(this.#closing.signal).catch(() => undefined);
    onFound({ id, name: id, driver });
  }

  async #plan(engine: EngineId, agent: AgentName): Promise<ContainerPlan> {
    this.#get(engine);
    const recipe = this.#deps.recipeOf(agent);
    return { ...planImage(recipe, this.#deps.bases), missingConsents: recipe.missingConsents };
  }

  /** The name as an id; with a number behind it when two contexts become the same. */
  #freeId(name: string): EngineId {
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-")
      .slice(0, 55);
    for (let number = 1; ; number += 1) {
      const id = targetIdSchema.parse(number === 1 ? plain : `${plain}-${number}`);
      if (!this.#links.has(id)) return id;
    }
  }

  #get(id: EngineId): EngineLink {
    const link = this.#links.get(id);
    if (link !== undefined) return link;
    const nearest = findNearest(id, [...this.#links.keys()]) ?? "";
    throw new AppError("engine.not_found", `There is no container engine ${id}`, {
      details: { engine: id, nearest },
    });
  }
}
