import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { AppError } from "#contract/errors.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { Answered, Asked, JobKind, Jobs } from "./worker/messages.ts";

export interface WorkerPoolDeps {
  /** The script of a worker: the built one, or its source. */
  readonly script: string;
  readonly clock: Clock;
}

const WORKERS = 2;
/**
 * Buffers of the compression go with a collection of young objects, and those come the sooner the less room there is.
 * Without a limit a worker grows by some seventy megabytes of them.
 */
const YOUNG_MEMORY_MB = 4;
/** A worker that had nothing to do for so long gives its memory back. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly asked: Asked;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Seat {
  worker: Worker | null;
  isBusy: boolean;
  idle: Timer | null;
}

/**
 * Runs jobs in at most two threads. Only one of them ever seals, so that a search never waits for more than the job
 * of another search.
 */
export class WorkerPool {
  readonly #deps: WorkerPoolDeps;
  readonly #seats: readonly Seat[] = Array.from({ length: WORKERS }, () => ({
    worker: null,
    isBusy: false,
    idle: null,
  }));
  #waiting: Waiting[] = [];
  #isSealing = false;
  #isClosed = false;

  constructor(deps: WorkerPoolDeps) {
    this.#deps = deps;
  }

  /** @throws AppError as the job does */
  async run<K extends JobKind>(kind: K, job: Jobs[K]["job"]): Promise<Jobs[K]["result"]> {
    if (this.#isClosed) throw closed();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ asked: { kind, job } as Asked, resolve, reject });
    this.#next();
    return (await promise) as Jobs[K]["result"];
  }

  /** Ends the threads. Jobs that wait or run are refused; a segment that is being sealed stays plain. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    await Promise.all(this.#seats.map((seat) => this.#end(seat)));
  }

  #next(): void {
    for (const seat of this.#seats) {
      if (seat.isBusy) continue;
      const index = this.#waiting.findIndex(({ asked }) => asked.kind !== "seal" || !this.#isSealing);
      const [waiting] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (waiting === undefined) return;
      void this.#serve(seat, waiting);
    }
  }

  async #serve(seat: Seat, { asked, resolve, reject }: Waiting): Promise<void> {
    const isSeal = asked.kind === "seal";
    seat.isBusy = true;
    seat.idle?.cancel();
    if (isSeal) this.#isSealing = true;
    try {
      resolve(await this.#ask(seat, asked));
    } catch (error) {
      reject(error);
    } finally {
      seat.isBusy = false;
      if (isSeal) this.#isSealing = false;
      if (!this.#isClosed) {
        seat.idle = this.#deps.clock.after(IDLE_MS, () => void this.#end(seat));
        this.#next();
      }
    }
  }

  async #ask(seat: Seat, asked: Asked): Promise<unknown> {
    seat.worker ??= this.#hire();
    const { worker } = seat;
    worker.ref();
    const over = new AbortController();
    const { signal } = over;
    try {
      worker.postMessage(asked);
      const [answered] = (await Promise.race([
        once(worker, "message", { signal }),
        once(worker, "exit", { signal }).then(() => Promise.reject(closed())),
      ])) as [Answered];
      return resultOf(answered);
    } catch (error) {
      // A thread that ended or broke is not asked again.
      if (!(error instanceof AppError)) await this.#end(seat);
      throw error;
    } finally {
      over.abort();
      worker.unref();
    }
  }

  #hire(): Worker {
    const worker = new Worker(this.#deps.script, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
    });
    // Whoever waits for an answer is told; without a listener the failure would end the whole program.
    worker.on("error", () => undefined);
    return worker;
  }

  async #end(seat: Seat): Promise<void> {
    const { worker } = seat;
    seat.worker = null;
    seat.idle?.cancel();
    await worker?.terminate();
  }
}

function resultOf(answered: Answered): unknown {
  if (answered.type === "done") return answered.result;
  if (answered.type === "bug") throw new Error(`a log worker failed: ${answered.stack}`);
  const { code, message, details } = answered.error;
  throw new AppError(code, message, { details });
}

function closed(): AppError {
  return new AppError("run.cancelled", "The logs are being closed");
}
