import type { AppError } from "#contract/errors.ts";
import type { LoadSample } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { OutputMask } from "#core/masking/output-mask.ts";
import { secretForms } from "#core/masking/secret-forms.ts";
import type { OutputChunk, RemoteRef, RunExit, RunHandle, RunSpec, StopOutcome } from "../driver.ts";
import { Feed } from "../shared/feed.ts";
import type { FakeOutput, FakeScript } from "./fake-script.ts";

interface Watcher {
  readonly output: Feed<OutputChunk>;
  readonly samples: Feed<LoadSample>;
  readonly exit: PromiseWithResolvers<RunExit>;
}

/** One run of the fake driver: the "process", which goes on when nobody watches. Tests steer it. */
export class FakeRun {
  readonly spec: RunSpec;
  readonly script: FakeScript;
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly startedAtMs: number;
  /** Stops asked for, in order. */
  readonly stops: ("soft" | "hard")[] = [];
  /** Cursors acknowledged, in order. */
  readonly acknowledged: string[] = [];
  readonly history: LoadSample[] = [];
  readonly #clock: Clock;
  readonly #chunks: OutputChunk[] = [];
  #nextCursor = 1;
  readonly #watchers = new Set<Watcher>();
  readonly #ended = Promise.withResolvers<RunExit>();
  #exit: RunExit | null = null;

  constructor(deps: {
    spec: RunSpec;
    script: FakeScript;
    env: Readonly<Record<string, string>>;
    pid: number;
    clock: Clock;
  }) {
    this.spec = deps.spec;
    this.script = deps.script;
    this.env = deps.env;
    this.pid = deps.pid;
    this.#clock = deps.clock;
    this.startedAtMs = deps.clock.nowMs();
  }

  get exit(): RunExit | null {
    return this.#exit;
  }

  /** Handles that watch the run now. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Does what the script says happens at the start. */
  play(): void {
    const { output, exit, lostLink, samples } = this.script;
    const pieces = typeof output === "function" ? output({ spec: this.spec, env: this.env }) : (output ?? []);
    for (const piece of pieces) this.print(piece);
    for (const sample of samples ?? []) this.sample(sample);
    if (lostLink !== undefined) this.loseLink(lostLink);
    if (exit !== null && lostLink === undefined) this.finish(exit ?? {});
  }

  print(piece: FakeOutput): void {
    if (this.#exit !== null) return;
    const chunk: OutputChunk = {
      ...this.#said(typeof piece === "string" ? { bytes: piece } : piece),
      atMs: this.#clock.nowMs(),
      cursor: `1:${this.#nextCursor++}`,
    };
    this.#chunks.push(chunk);
    for (const watcher of this.#watchers) watcher.output.push(chunk);
  }

  /** Forgets the first `count` chunks, which somebody else removed. */
  lose(count: number): void {
    const last = this.#chunks[count - 1];
    if (last === undefined) throw new Error(`the run did not say ${count} chunks`);
    const { atMs, cursor } = last;
    this.#chunks.splice(0, count, { gap: { sizeBytes: null, cause: "copy-lost" }, atMs, cursor });
  }

  sample(sample: LoadSample): void {
    this.history.push(sample);
    for (const watcher of this.#watchers) watcher.samples.push(sample);
  }

  /** Ends the run; exit code 0 unless said otherwise. */
  finish(exit: Partial<RunExit> = {}): void {
    if (this.#exit !== null) return;
    const whole: RunExit = { exitCode: 0, signal: null, atMs: this.#clock.nowMs(), cause: "ended", ...exit };
    this.#exit = whole;
    this.#ended.resolve(whole);
    for (const watcher of this.#watchers) endWatcher(watcher, whole);
    this.#watchers.clear();
  }

  /** Cuts every handle off; the run itself goes on. */
  loseLink(error: AppError): void {
    for (const watcher of this.#watchers) {
      watcher.output.fail(error);
      watcher.samples.close();
    }
    this.#watchers.clear();
  }

  watch(afterCursor: string | null): RunHandle {
    const watcher: Watcher = { output: new Feed(), samples: new Feed(), exit: Promise.withResolvers() };
    const from = 1 + this.#chunks.findIndex(({ cursor }) => cursor === afterCursor);
    for (const chunk of this.#chunks.slice(from)) watcher.output.push(chunk);
    if (this.#exit === null) this.#watchers.add(watcher);
    else endWatcher(watcher, this.#exit);
    return {
      ref: `fake:${this.spec.runId}` as RemoteRef,
      pid: this.pid,
      startedAtMs: this.startedAtMs,
      limits: this.script.limits ?? [],
      screenshotFolder: this.script.screenshotFolder ?? null,
      output: watcher.output,
      samples: watcher.samples,
      exit: exitAfterOutput(watcher),
      stop: (mode) => this.#stop(mode),
      acknowledge: (cursor) => {
        this.acknowledged.push(cursor);
      },
      detach: async () => {
        this.#watchers.delete(watcher);
        watcher.output.close();
        watcher.samples.close();
      },
    };
  }

  #said(piece: Exclude<FakeOutput, string>) {
    if ("gap" in piece) return { gap: piece.gap };
    const { stream = "stdout", bytes } = piece;
    return { stream, bytes: this.#masked(typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes) };
  }

  /** Piece by piece: a script prints a secret whole. */
  #masked(bytes: Uint8Array): Uint8Array {
    const values = this.spec.secrets?.masked ?? [];
    if (values.length === 0) return bytes;
    const mask = new OutputMask(secretForms(values));
    return Buffer.concat([mask.push(bytes), mask.flush()]);
  }

  async #stop(mode: "soft" | "hard"): Promise<StopOutcome> {
    this.stops.push(mode);
    const survivors = this.script.survivors ?? [];
    if (this.#exit !== null) return { isGone: true, wasKilled: false, survivors: [] };
    if (mode === "soft" && this.script.ignoresSoftStop !== true) {
      this.finish({ exitCode: null, signal: "SIGTERM" });
      return { isGone: true, wasKilled: false, survivors: [] };
    }
    if (mode === "soft") await this.#grace();
    if (this.#exit !== null) return { isGone: true, wasKilled: false, survivors: [] };
    if (survivors.length > 0) return { isGone: false, wasKilled: true, survivors };
    this.finish({ exitCode: null, signal: "SIGKILL" });
    return { isGone: true, wasKilled: true, survivors: [] };
  }

  /** The grace time by the clock, or less when the run ends meanwhile. */
  async #grace(): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = this.#clock.after(this.spec.graceMs, () => over.resolve());
    await Promise.race([over.promise, this.#ended.promise]);
    timer.cancel();
  }
}

function endWatcher(watcher: Watcher, exit: RunExit): void {
  watcher.output.close();
  watcher.samples.close();
  watcher.exit.resolve(exit);
}

/** The exit, but only once the consumer has come to the end of the output. */
function exitAfterOutput(watcher: Watcher): Promise<RunExit> {
  return Promise.all([watcher.exit.promise, watcher.output.drained]).then(([exit]) => exit);
}
