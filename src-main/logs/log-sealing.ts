import { rm } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { LogRecords } from "./log-records.ts";
import type { LogState } from "./log-state.ts";
import type { WorkerPool } from "./worker-pool.ts";

export interface LogSealingDeps {
  readonly pool: WorkerPool;
  readonly records: LogRecords;
  /** A finished log whose plain bytes are fewer stays as it is. */
  readonly sealFromBytes: number;
  readonly onFailed: (error: unknown, runId: RunId) => void;
}

/** Finished segments of one log that may wait; a writer that fills them faster waits for the compression. */
const BEHIND_LIMIT = 4;

/** Turns finished plain segments into sealed ones, one after the other for each log. */
export class LogSealing {
  readonly #deps: LogSealingDeps;
  readonly #under = new Set<Promise<void>>();

  constructor(deps: LogSealingDeps) {
    this.#deps = deps;
  }

  /** Seals every finished segment of a log. Never fails: what cannot be sealed stays plain. */
  seal(state: LogState): Promise<void> {
    const sealed = state.sealing.then(async () => {
      for (const segment of state.finishedSegments()) {
        if (this.#isWorthIt(state, segment)) await this.#sealOne(state, segment);
      }
    });
    state.sealing = sealed;
    this.#under.add(sealed);
    void sealed.finally(() => this.#under.delete(sealed));
    return sealed;
  }

  /** Begins to seal what is finished; waits only when too much is. */
  async makeRoom(state: LogState): Promise<void> {
    const sealed = this.seal(state);
    if (state.finishedSegments().length > BEHIND_LIMIT) await sealed;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#under);
  }

  #isWorthIt(state: LogState, segment: number): boolean {
    return segment > 0 || state.tailSegment > 0 || state.endOf(segment) >= this.#deps.sealFromBytes;
  }

  async #sealOne(state: LogState, segment: number): Promise<void> {
    const { pool, records, onFailed } = this.#deps;
    const { folder, framing, runId } = state;
    const committedBytes = state.endOf(segment);
    try {
      const stored = await pool.run("seal", { folder, segment, seed: framing.seed, committedBytes });
      if (stored === null) {
        state.leavePlain(segment);
        return;
      }
      state.segmentSealed(stored);
      records.putSegment(runId, stored);
      await rm(state.fileOf(segment, false), { force: true });
    } catch (error) {
      state.leavePlain(segment);
      // Whoever closes the store does not wait for a compression.
      if (!isCancelled(error)) onFailed(error, runId);
    }
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === "run.cancelled";
}
