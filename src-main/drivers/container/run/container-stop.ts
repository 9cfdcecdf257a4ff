import { AppError } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import type { StopOutcome } from "../../driver.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { inspectContainer } from "../engine/inspect-container.ts";
import { isLive } from "./container-state.ts";

export interface ContainerStopDeps {
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly containerId: string;
  readonly graceMs: number;
  /** Makes the stop file appear. */
  readonly askFile: () => Promise<void>;
}

const KILL_MS = 2_000;
const CALM: StopOutcome = { isGone: true, wasKilled: false, survivors: [] };

/**
 * Ends a container. When its process 1 is gone, the kernel has ended everything else in it, so nothing can be
 * left over in another session or group.
 */
export class ContainerStop {
  readonly #deps: ContainerStopDeps;

  constructor(deps: ContainerStopDeps) {
    this.#deps = deps;
  }

  async soft(): Promise<StopOutcome> {
    const { askFile, graceMs } = this.#deps;
    if (!(await this.#isLive())) return CALM;
    // A disk that refuses the file leaves the signal, and after it the kill.
    await askFile().catch(() => undefined);
    await this.#resume();
    await this.#signal("SIGTERM");
    if (await this.#isGoneWithin(graceMs)) return CALM;
    return this.hard();
  }

  async hard(): Promise<StopOutcome> {
    if (!(await this.#isLive())) return CALM;
    await this.#signal("SIGKILL");
    return { isGone: await this.#isGoneWithin(KILL_MS), wasKilled: true, survivors: [] };
  }

  async #isLive(): Promise<boolean> {
    const { api, containerId } = this.#deps;
    try {
      const { State: state } = await inspectContainer(api, containerId);
      return isLive(state);
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  /** A paused container hears no signal. */
  async #resume(): Promise<void> {
    const { api, containerId } = this.#deps;
    // Refused because it is not paused, which is the rule.
    await api.call((docker) => docker.getContainer(containerId).unpause()).catch(() => undefined);
  }

  async #signal(signal: string): Promise<void> {
    const { api, containerId } = this.#deps;
    try {
      await api.call((docker) => docker.getContainer(containerId).kill({ signal }));
    } catch (error) {
      // It ended in the meantime.
      if (!isGone(error) && (await this.#isLive())) throw error;
    }
  }

  async #isGoneWithin(ms: number): Promise<boolean> {
    const { api, containerId } = this.#deps;
    try {
      await api.call((docker, abortSignal) => docker.getContainer(containerId).wait({ abortSignal }), {
        deadlineMs: Math.max(1, ms),
      });
      return true;
    } catch (error) {
      if (isGone(error)) return true;
      if (error instanceof AppError && error.code === "engine.not_answering") return false;
      throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && error.code === "engine.no_such_object";
}
