import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { TargetId } from "#contract/ids.ts";
import type { Target, TargetProbe } from "#contract/target.ts";
import type { Clock } from "#core/clock.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import type { Driver } from "#main/drivers/index.ts";

/** A target as it is set up. */
export interface TargetSetup {
  readonly id: TargetId;
  readonly name: string;
  readonly driver: Driver;
  /** Facts beside those the driver finds; they replace facts of the same key. */
  readonly moreFacts?: () => Promise<TargetProbe["facts"]>;
}

export interface TargetsDeps {
  readonly setups: readonly TargetSetup[];
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
}

const PROBE_DEADLINE_MS = 15_000;

/** The places where agents run, each with the driver that knows its kind. */
export class Targets {
  readonly #deps: TargetsDeps;
  readonly #added: TargetSetup[] = [];
  readonly #probes = new Map<TargetId, TargetProbe>();

  constructor(deps: TargetsDeps) {
    this.#deps = deps;
  }

  /** Makes a place known that was found while the core runs. @throws Error when the id is taken */
  add(setup: TargetSetup): void {
    if (this.#setups.some(({ id }) => id === setup.id)) throw new Error(`two targets are called ${setup.id}`);
    this.#added.push(setup);
    this.#deps.publish({ type: "target.changed", target: this.#targetOf(setup) });
  }

  list(): readonly Target[] {
    return this.#setups.map((setup) => this.#targetOf(setup));
  }

  /** @throws AppError `target.not_found` */
  get(id: TargetId): Target {
    return this.#targetOf(this.#get(id));
  }

  /** Looks at the target now. One that does not answer is not reachable; that is an answer too. */
  async probe(id: TargetId): Promise<Target> {
    const setup = this.#get(id);
    this.#probes.set(id, await this.#look(setup));
    const target = this.#targetOf(setup);
    this.#deps.publish({ type: "target.changed", target });
    return target;
  }

  /** Looks at every target once, so that nobody has to ask for it before the first run. */
  async probeAll(): Promise<void> {
    await Promise.all(this.#setups.map(({ id }) => this.probe(id)));
  }

  /** @throws AppError `target.not_found` */
  driverOf(id: TargetId): Driver {
    return this.#get(id).driver;
  }

  drivers(): readonly Driver[] {
    return this.#setups.map(({ driver }) => driver);
  }

  get #setups(): readonly TargetSetup[] {
    return [...this.#deps.setups, ...this.#added];
  }

  async #look({ driver, moreFacts }: TargetSetup): Promise<TargetProbe> {
    const { clock } = this.#deps;
    const deadline = new AbortController();
    const timer = clock.after(PROBE_DEADLINE_MS, () => deadline.abort());
    try {
      const probe = await driver.probe(deadline.signal);
      const more = (await moreFacts?.()) ?? [];
      const others = probe.facts.filter(({ key }) => more.every((fact) => fact.key !== key));
      return { ...probe, facts: [...more, ...others] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, details, message } = error;
      const failure = { code, details };
      return { isReachable: false, atMs: clock.nowMs(), facts: [], warnings: [message], failure };
    } finally {
      timer.cancel();
    }
  }

  #targetOf({ id, name, driver }: TargetSetup): Target {
    return {
      id,
      kind: driver.kind,
      name,
      capabilities: driver.capabilities,
      probe: this.#probes.get(id) ?? null,
    };
  }

  #get(id: TargetId): TargetSetup {
    const setups = this.#setups;
    const setup = setups.find((each) => each.id === id);
    if (setup !== undefined) return setup;
    const nearest =
      findNearest(
        id,
        setups.map((each) => each.id),
      ) ?? "";
    throw new AppError("target.not_found", `There is no target ${id}`, { details: { target: id, nearest } });
  }
}
