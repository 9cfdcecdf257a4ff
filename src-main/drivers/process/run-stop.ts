import { writeFile } from "node:fs/promises";
import type { Clock } from "#core/clock.ts";
import type { ProcessIdentity, StartedRecord } from "#core/spool/record.ts";
import type { StopOutcome } from "../driver.ts";
import { isAlive, type ProcessTable } from "./process-table.ts";
import { endTree, findTree, type TreeMarks } from "./process-tree.ts";

const HARD_LIMIT_MS = 2_000;
const LOOK_MS = 25;
/** How long children may outlive a main process that obeyed a soft stop. */
const ORPHANS_MS = 1_000;

export interface RunStopDeps {
  readonly started: StartedRecord;
  readonly stopFile: string;
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly recorded: () => Promise<readonly ProcessIdentity[]>;
}

/**
 * Ends the process tree of a run from the core's side. It needs nothing but the process table, so it does
 * the same for a run just started, an adopted one, and one whose supervisor is dead.
 */
export class RunStop {
  readonly #deps: RunStopDeps;
  #wasKilled = false;

  constructor(deps: RunStopDeps) {
    this.#deps = deps;
  }

  /** Stop file and signal first; after the grace time, or when only orphans are left, the hard way. */
  async soft(): Promise<StopOutcome> {
    const { clock, started } = this.#deps;
    const deadlineMs = clock.monotonicMs() + started.graceMs;
    await this.#ask();
    let rootGoneMs: number | null = null;
    while (clock.monotonicMs() < deadlineMs) {
      if (!(await isAlive(this.#deps.table, started.process))) {
        rootGoneMs ??= clock.monotonicMs();
        if (await this.#isTreeGone()) return this.#outcome([]);
        if (clock.monotonicMs() - rootGoneMs > ORPHANS_MS) break;
      }
      await this.#wait(LOOK_MS);
    }
    if (rootGoneMs === null) return this.hard();
    return this.#outcome(await this.#end());
  }

  async hard(): Promise<StopOutcome> {
    if (await isAlive(this.#deps.table, this.#deps.started.process)) this.#wasKilled = true;
    return this.#outcome(await this.#end());
  }

  async #ask(): Promise<void> {
    const { started, stopFile, table } = this.#deps;
    // A full disk must not keep a run from being stopped: the signal says the same.
    await writeFile(stopFile, "").catch(() => undefined);
    if (await isAlive(table, started.process)) await table.askToEnd(started.process.pid);
  }

  async #isTreeGone(): Promise<boolean> {
    return (await findTree(this.#deps.table, await this.#marks())).length === 0;
  }

  async #end(): Promise<readonly number[]> {
    return endTree(this.#deps.table, await this.#marks(), HARD_LIMIT_MS);
  }

  async #marks(): Promise<TreeMarks> {
    const { started, recorded } = this.#deps;
    return {
      runId: started.runId,
      root: started.process,
      recorded: await recorded(),
      cgroups: started.cgroups,
    };
  }

  #outcome(survivors: readonly number[]): StopOutcome {
    return { isGone: survivors.length === 0, wasKilled: this.#wasKilled, survivors };
  }

  async #wait(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#deps.clock.after(delayMs, resolve);
    });
  }
}
