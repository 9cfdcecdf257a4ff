import type { RunId } from "#contract/ids.ts";
import type { LogState } from "./log-state.ts";

/** Logs nobody uses at the moment whose index is kept for the next look. */
const IDLE_STATES = 24;

interface StateEntry {
  readonly loading: Promise<LogState>;
  users: number;
}

export interface LogStatesDeps {
  readonly create: (runId: RunId) => LogState;
  readonly onLoaded: (state: LogState) => void;
}

/** What is known about logs, one for all who use a log at the same time. */
export class LogStates {
  readonly #deps: LogStatesDeps;
  readonly #entries = new Map<RunId, StateEntry>();

  constructor(deps: LogStatesDeps) {
    this.#deps = deps;
  }

  /** The state of a log, kept in memory until it is let go of. */
  async hold(runId: RunId) {
    const entry = this.#entries.get(runId) ?? { loading: this.#load(runId), users: 0 };
    entry.users += 1;
    // Put last, so that the first ones are those that were not used for longest.
    this.#entries.delete(runId);
    this.#entries.set(runId, entry);
    let isHeld = true;
    const letGo = () => {
      if (!isHeld) return;
      isHeld = false;
      entry.users -= 1;
      this.#forgetIdle();
    };
    try {
      const state = await entry.loading;
      return { state, letGo, [Symbol.asyncDispose]: async () => letGo() };
    } catch (error) {
      letGo();
      // The next look tries again.
      if (this.#entries.get(runId) === entry) this.#entries.delete(runId);
      throw error;
    }
  }

  /** The next one who holds it loads it anew. */
  forget(runId: RunId): void {
    this.#entries.delete(runId);
  }

  async #load(runId: RunId): Promise<LogState> {
    const state = this.#deps.create(runId);
    await state.load();
    this.#deps.onLoaded(state);
    return state;
  }

  #forgetIdle(): void {
    const idle = [...this.#entries].filter(([, { users }]) => users === 0);
    for (const [runId] of idle.slice(0, Math.max(0, idle.length - IDLE_STATES))) this.#entries.delete(runId);
  }
}
