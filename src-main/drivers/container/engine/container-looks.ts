import type { Container } from "#contract/engine.ts";
import { type LookedUp, NOT_LOOKED_UP } from "./container-facts.ts";

export interface ContainerLooksDeps {
  readonly inspect: (id: string) => Promise<LookedUp>;
  /** Called when something new is known. */
  readonly onNews: () => void;
}

interface Known {
  /** In which state it was looked into. */
  readonly state: Container["state"];
  readonly facts: LookedUp;
}

/** An engine answers these one after the other; more at once only make others wait. */
const AT_ONCE = 4;
/** News of a long queue are told in parts. */
const TELL_EVERY = 50;

/**
 * Looks into each container once, and again when its state changed or an event says that it started or ended. The
 * list itself never waits for that.
 */
export class ContainerLooks {
  readonly #deps: ContainerLooksDeps;
  readonly #known = new Map<string, Known>();
  /** What is known of these may be old. */
  readonly #stale = new Set<string>();
  readonly #queue = new Map<string, Container["state"]>();
  #working = 0;
  #untold = 0;

  constructor(deps: ContainerLooksDeps) {
    this.#deps = deps;
  }

  of(id: string): LookedUp {
    return this.#known.get(id)?.facts ?? NOT_LOOKED_UP;
  }

  /** Says that what is known of a container may be old; it is looked into again with the next list. */
  doubt(id: string): void {
    this.#stale.add(id);
  }

  /** After a time without events any of them may have started anew. */
  doubtAll(): void {
    for (const id of this.#known.keys()) this.#stale.add(id);
  }

  /** Takes the containers that there are now; others are forgotten. */
  follow(containers: readonly Pick<Container, "id" | "state">[]): void {
    const there = new Map(containers.map(({ id, state }) => [id, state]));
    for (const each of [this.#known, this.#queue, this.#stale]) {
      for (const id of each.keys()) if (!there.has(id)) each.delete(id);
    }
    for (const [id, state] of there) {
      if (this.#stale.has(id) || this.#known.get(id)?.state !== state) this.#queue.set(id, state);
    }
    while (this.#working < AT_ONCE && this.#queue.size > 0) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working += 1;
    for (const [id, state] of this.#queue) {
      this.#queue.delete(id);
      await this.#look(id, state);
      if (this.#untold >= TELL_EVERY) this.#tell();
    }
    this.#working -= 1;
    if (this.#working === 0 && this.#untold > 0) this.#tell();
  }

  async #look(id: string, state: Container["state"]): Promise<void> {
    // An event that comes while the engine answers makes the answer doubtful again.
    this.#stale.delete(id);
    try {
      this.#known.set(id, { state, facts: await this.#deps.inspect(id) });
      this.#untold += 1;
    } catch {
      // It is gone, or the engine is away: the next list says which, and asks again.
    }
  }

  #tell(): void {
    this.#untold = 0;
    this.#deps.onNews();
  }
}
