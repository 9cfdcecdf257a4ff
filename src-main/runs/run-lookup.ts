import { AppError } from "#contract/errors.ts";
import { agentNameSchema, type RunId, runIdSchema } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import type { RunRecords, StoredRun } from "./run-records.ts";

/** A shorter beginning of an id is taken for a slip. */
const LEAST_PREFIX = 4;

/** Finds stored runs by what people and programs call them. */
export class RunLookup {
  readonly #records: Pick<RunRecords, "find" | "findByPrefix" | "latestOf">;

  constructor(records: Pick<RunRecords, "find" | "findByPrefix" | "latestOf">) {
    this.#records = records;
  }

  /** @throws AppError `run.not_found` */
  get(id: RunId): StoredRun {
    const stored = this.#records.find(id);
    if (stored === null) throw notFound(id);
    return stored;
  }

  /**
   * The run that a person means: a whole id, the beginning of one, or `@agent` for that agent's latest.
   *
   * @throws AppError `run.not_found`, `run.ambiguous`
   */
  resolve(reference: string): Run {
    if (reference.startsWith("@")) return this.#latestOf(reference);
    const wanted = reference.toLowerCase();
    const exact = runIdSchema.safeParse(wanted);
    if (exact.success) return this.get(exact.data).run;
    const found = wanted.length < LEAST_PREFIX ? [] : this.#records.findByPrefix(wanted);
    const [only] = found;
    if (only === undefined) throw notFound(reference);
    if (found.length > 1) {
      throw new AppError("run.ambiguous", `More than one run begins with ${reference}`, {
        details: { run: reference, matches: found.map(({ id }) => id).join(", ") },
      });
    }
    return only;
  }

  #latestOf(reference: string): Run {
    const name = agentNameSchema.safeParse(reference.slice(1));
    const latest = name.success ? this.#records.latestOf(name.data) : null;
    if (latest === null) throw notFound(reference);
    return latest;
  }
}

function notFound(reference: string): AppError {
  return new AppError("run.not_found", `No run is known as ${reference}`, { details: { run: reference } });
}
