import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { AppError } from "#contract/errors.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { toDataError } from "#main/platform/index.ts";
import type { RunOrder, SupervisorAnswer } from "./supervisor/order.ts";

/** More than this many are not kept after a burst of runs. */
const MOST_SPARES = 8;
const IDLE_MS = 30_000;
const START_LIMIT_MS = 15_000;

/** Small heaps: a supervisor holds one read buffer per stream and little else. */
const NODE_FLAGS = ["--max-semi-space-size=1", "--max-old-space-size=64", "--v8-pool-size=0"];

export interface SupervisorPoolDeps {
  readonly nodeExecutable: string;
  /** What the executable needs to act as Node, e.g. ELECTRON_RUN_AS_NODE. */
  readonly nodeEnvironment: Readonly<Record<string, string>>;
  readonly script: string;
  /** Searched for `mkfifo` and the like. */
  readonly searchPath: string;
  /** Holds `supervisors.log`, where a crash of a supervisor leaves its trace. */
  readonly folder: string;
  readonly clock: Clock;
}

export type OrderOutcome = Exclude<SupervisorAnswer, { type: "free" }>;

/**
 * Keeps supervisors ready, because starting Node costs more than starting the agent. Each serves one run at a
 * time and comes back when that run has ended; after half a minute without starts, the spares go.
 */
export class SupervisorPool {
  readonly #deps: SupervisorPoolDeps;
  readonly #spares: Supervisor[] = [];
  /** Started and not yet ready for their first order. */
  readonly #coming = new Set<Supervisor>();
  readonly #busy = new Set<Supervisor>();
  readonly #waiting: PromiseWithResolvers<Supervisor>[] = [];
  #idleTimer: Timer | null = null;
  #isClosed = false;

  constructor(deps: SupervisorPoolDeps) {
    this.#deps = deps;
  }

  /** Has a spare ready soon, besides one for everybody who waits. */
  warmUp(): void {
    while (!this.#isClosed && this.#spares.length + this.#coming.size < this.#waiting.length + 1)
      this.#create();
    this.#sleepLater();
  }

  /** Hands the order to a spare. From then on the run is on its own, whatever happens to the core. */
  async give(order: RunOrder): Promise<OrderOutcome> {
    const supervisor = await this.#takeSpare();
    this.#busy.add(supervisor);
    const outcome = supervisor.take(order, this.#deps.clock);
    this.warmUp();
    return outcome;
  }

  /** Lets all supervisors go: spares exit, those with a run go on with it. */
  close(): void {
    this.#isClosed = true;
    this.#idleTimer?.cancel();
    for (const supervisor of [...this.#spares, ...this.#coming, ...this.#busy]) supervisor.letGo();
    this.#spares.length = 0;
    for (const waiter of this.#waiting.splice(0))
      waiter.reject(failure("", new Error("the driver was closed")));
  }

  /** A spare, or the first one that gets ready or free. */
  async #takeSpare(): Promise<Supervisor> {
    const spare = this.#spares.shift();
    if (spare !== undefined) return spare;
    const waiter = Promise.withResolvers<Supervisor>();
    this.#waiting.push(waiter);
    this.warmUp();
    return waiter.promise;
  }

  #create(): void {
    const supervisor: Supervisor = new Supervisor(this.#deps, {
      onFree: () => this.#takeBack(supervisor),
      onGone: (error) => this.#strikeOut(supervisor, error),
    });
    this.#coming.add(supervisor);
  }

  #takeBack(supervisor: Supervisor): void {
    this.#busy.delete(supervisor);
    this.#coming.delete(supervisor);
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) waiter.resolve(supervisor);
    else if (this.#isClosed || this.#spares.length >= MOST_SPARES) supervisor.letGo();
    // To the front: a used one is warm.
    else this.#spares.unshift(supervisor);
  }

  #strikeOut(supervisor: Supervisor, error: Error): void {
    this.#busy.delete(supervisor);
    const index = this.#spares.indexOf(supervisor);
    if (index >= 0) this.#spares.splice(index, 1);
    // One that never got ready will not do so at the next try either; whoever waits for it hears why.
    if (this.#coming.delete(supervisor)) this.#waiting.shift()?.reject(failure("", error));
  }

  #sleepLater(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = this.#deps.clock.after(IDLE_MS, () => {
      for (const spare of this.#spares.splice(0)) spare.letGo();
    });
  }
}

class Supervisor {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #output: Socket;
  #waiting: ((answer: OrderOutcome | Error) => void) | null = null;

  constructor(deps: SupervisorPoolDeps, on: { onFree: () => void; onGone: (error: Error) => void }) {
    const { child, input, output } = launch(deps);
    this.#child = child;
    this.#input = input;
    this.#output = output;
    createInterface({ input: output }).on("line", (line) => {
      const answer = JSON.parse(line) as SupervisorAnswer;
      if (answer.type !== "free") return this.#answer(answer);
      // Said once when it is ready, and after every order.
      on.onFree();
    });
    const gone = (error: Error) => {
      this.#answer(error);
      on.onGone(error);
    };
    child.once("error", gone);
    child.once("exit", () => gone(new Error("the supervisor ended")));
    // The end of the process says the same.
    input.on("error", () => undefined);
    output.on("error", () => undefined);
  }

  async take(order: RunOrder, clock: Clock): Promise<OrderOutcome> {
    const answered = Promise.withResolvers<OrderOutcome | Error>();
    this.#waiting = answered.resolve;
    const timer = clock.after(START_LIMIT_MS, () => answered.resolve(new Error("no answer in time")));
    // Spares do not keep the core alive, but an answer somebody waits for does.
    this.#output.ref();
    this.#input.write(`${JSON.stringify(order)}\n`);
    const answer = await answered.promise;
    this.#output.unref();
    timer.cancel();
    if (answer instanceof Error) throw failure(order.command[0] ?? "", answer);
    return answer;
  }

  letGo(): void {
    this.#input.end();
    this.#child.unref();
  }

  #answer(answer: OrderOutcome | Error): void {
    this.#waiting?.(answer);
    this.#waiting = null;
  }
}

function failure(command: string, cause: Error): AppError {
  const problem = `the supervisor of the run failed: ${cause.message}`;
  const details = { command, problem };
  return new AppError("start.refused", `The run could not be started: ${problem}`, { details, cause });
}

function launch(deps: SupervisorPoolDeps): { child: ChildProcess; input: Writable; output: Socket } {
  let log: number;
  try {
    log = openSync(join(deps.folder, "supervisors.log"), "a", 0o600);
  } catch (error) {
    throw toDataError(error, deps.folder);
  }
  try {
    const child = spawn(deps.nodeExecutable, [...NODE_FLAGS, deps.script], {
      cwd: deps.folder,
      env: { PATH: deps.searchPath, UV_THREADPOOL_SIZE: "1", ...deps.nodeEnvironment },
      detached: true,
      windowsHide: true,
      stdio: ["pipe", "pipe", log],
    });
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new Error("a supervisor without pipes");
    child.unref();
    (stdin as Socket).unref();
    (stdout as Socket).unref();
    return { child, input: stdin, output: stdout as Socket };
  } finally {
    closeSync(log);
  }
}
