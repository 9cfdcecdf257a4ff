import type { CoreEvent } from "#contract/events.ts";
import type { RunId } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import type { NewNote, NewRun, RunChange, RunRecords, StoredRun } from "./run-records.ts";

export interface RunBookDeps {
  readonly records: RunRecords;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
}

/** Stores every step of a run first and tells about it afterwards, so that nobody hears what is not durable. */
export class RunBook {
  readonly #deps: RunBookDeps;

  constructor(deps: RunBookDeps) {
    this.#deps = deps;
  }

  insert(run: NewRun): Run {
    return this.#tell(this.#deps.records.insert(run));
  }

  change(id: RunId, change: Omit<RunChange, "atMs">): Run {
    return this.#tell(this.#deps.records.change(id, { atMs: this.#deps.clock.nowMs(), ...change }));
  }

  changeAndInsert(id: RunId, change: Omit<RunChange, "atMs">, successor: NewRun): Run {
    const atMs = this.#deps.clock.nowMs();
    const both = this.#deps.records.changeAndInsert(id, { atMs, ...change }, successor);
    this.#tell(both.ended);
    return this.#tell(both.successor);
  }

  note(id: RunId, entry: Omit<NewNote, "atMs">): void {
    this.#deps.records.addNote(id, { atMs: this.#deps.clock.nowMs(), ...entry });
  }

  /** For ids that are known to be stored. */
  get(id: RunId): StoredRun {
    const stored = this.#deps.records.find(id);
    if (stored === null) throw new Error(`run ${id} is not stored`);
    return stored;
  }

  #tell(run: Run): Run {
    this.#deps.publish({ type: "run.changed", run });
    return run;
  }
}
