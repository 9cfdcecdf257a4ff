import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { LoadSample } from "#contract/run.ts";
import type { TargetProbe } from "#contract/target.ts";
import type { Clock } from "#core/clock.ts";
import type { AdoptRequest, Driver, OnProgress, RunHandle, RunSpec } from "../driver.ts";
import { FakeRun } from "./fake-run.ts";
import type { FakeScript } from "./fake-script.ts";

export interface FakeDriverDeps {
  readonly clock: Clock;
}

/**
 * A driver without processes: runs follow a script, deterministically and in memory. For tests of the parts
 * that use drivers; held to the same contract suite as the real ones.
 *
 * "Restart of the core" is a second supervisor on the same fake driver: runs live on in it.
 */
export interface FakeDriver extends Driver {
  /** The script of the next run that is prepared or started; scripts queue up. */
  script(script: FakeScript): void;
  /** The script for every run whose command begins with `program`; used when no queued one waits. */
  scriptFor(program: string, script: FakeScript): void;
  /** Runs started so far, oldest first. */
  readonly started: readonly FakeRun[];
  /** @throws Error when no such run was started */
  run(runId: RunId): FakeRun;
  /** Every call, as `noun runId`, in order: `prepare`, `start`, `adopt`, `remove`. */
  readonly calls: readonly string[];
  /** Lets a held `prepare` go on. */
  letPrepare(runId: RunId): void;
}

export function createFakeDriver(deps: FakeDriverDeps): FakeDriver {
  return new ScriptedDriver(deps);
}

class ScriptedDriver implements FakeDriver {
  readonly kind = "fake";
  readonly capabilities = {
    survivesAppExit: true,
    terminal: false,
    loadSamples: true,
    screenshots: true,
    secrets: true,
    runtime: "process",
  } as const;
  readonly calls: string[] = [];
  readonly #deps: FakeDriverDeps;
  readonly #queue: FakeScript[] = [];
  readonly #byProgram = new Map<string, FakeScript>();
  readonly #chosen = new Map<RunId, FakeScript>();
  readonly #held = new Map<RunId, () => void>();
  readonly #runs = new Map<RunId, FakeRun>();
  #nextPid = 1001;

  constructor(deps: FakeDriverDeps) {
    this.#deps = deps;
  }

  get started(): readonly FakeRun[] {
    return [...this.#runs.values()];
  }

  script(script: FakeScript): void {
    this.#queue.push(script);
  }

  scriptFor(program: string, script: FakeScript): void {
    this.#byProgram.set(program, script);
  }

  run(runId: RunId): FakeRun {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new Error(`the fake driver never started ${runId}`);
    return run;
  }

  letPrepare(runId: RunId): void {
    this.#held.get(runId)?.();
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    refuseAborted(signal);
    return {
      isReachable: true,
      atMs: this.#deps.clock.nowMs(),
      facts: [{ key: "system", value: "fake" }],
      warnings: [],
    };
  }

  async prepare(spec: RunSpec, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    this.calls.push(`prepare ${spec.runId}`);
    refuseAborted(signal);
    const script = this.#choose(spec);
    for (const step of script.prepareSteps ?? []) onProgress(step);
    if (script.holdsPrepare === true) await this.#hold(spec.runId, signal);
    if (script.prepareError !== undefined) throw script.prepareError;
  }

  async start(spec: RunSpec, signal: AbortSignal): Promise<RunHandle> {
    this.calls.push(`start ${spec.runId}`);
    refuseAborted(signal);
    if (this.#runs.has(spec.runId)) {
      throw new AppError("start.refused", "This run was started before", {
        details: { command: spec.command[0] ?? "", problem: "a run with this id was started before" },
      });
    }
    const script = this.#choose(spec);
    if (script.startError !== undefined) throw script.startError;
    const run = new FakeRun({
      spec,
      script,
      env: environmentOf(spec),
      pid: this.#nextPid++,
      clock: this.#deps.clock,
    });
    this.#runs.set(spec.runId, run);
    const handle = run.watch(null);
    run.play();
    if (script.lostAnswer !== undefined) {
      await handle.detach();
      throw script.lostAnswer;
    }
    return handle;
  }

  async adopt(request: AdoptRequest, signal: AbortSignal): Promise<RunHandle | null> {
    this.calls.push(`adopt ${request.runId}`);
    refuseAborted(signal);
    return this.#runs.get(request.runId)?.watch(request.afterCursor) ?? null;
  }

  async list(signal: AbortSignal): Promise<readonly RunId[]> {
    refuseAborted(signal);
    return [...this.#runs.keys()];
  }

  async remove(runId: RunId): Promise<void> {
    this.calls.push(`remove ${runId}`);
    this.#runs.delete(runId);
  }

  async loadHistory(runId: RunId): Promise<readonly LoadSample[]> {
    return this.#runs.get(runId)?.history ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const letGo of this.#held.values()) letGo();
  }

  /** One script per run, whether `prepare` or `start` asks first. */
  #choose(spec: RunSpec): FakeScript {
    const chosen =
      this.#chosen.get(spec.runId) ??
      this.#queue.shift() ??
      this.#byProgram.get(spec.command[0] ?? "") ??
      ({} satisfies FakeScript);
    this.#chosen.set(spec.runId, chosen);
    return chosen;
  }

  async #hold(runId: RunId, signal: AbortSignal): Promise<void> {
    const held = Promise.withResolvers<void>();
    const cancel = () => held.reject(cancelled());
    signal.addEventListener("abort", cancel, { once: true });
    this.#held.set(runId, held.resolve);
    try {
      await held.promise;
    } finally {
      this.#held.delete(runId);
      signal.removeEventListener("abort", cancel);
    }
  }
}

function environmentOf(spec: RunSpec): Readonly<Record<string, string>> {
  return {
    ...spec.env,
    ...spec.secrets?.env,
    PILOTHOUSE_RUN_ID: spec.runId,
    PILOTHOUSE_AGENT: spec.agent,
    PILOTHOUSE_RELEASE: spec.release,
    PILOTHOUSE_INPUT: spec.inputJson,
    ...(spec.port === null ? {} : { PILOTHOUSE_PORT: String(spec.port) }),
  };
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

function cancelled(): AppError {
  return new AppError("run.cancelled", "The request was taken back");
}
