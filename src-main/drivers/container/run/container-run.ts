import { writeFile } from "node:fs/promises";
import type { GapCause } from "#contract/log.ts";
import type { LimitReport, LoadSample } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { placeBehind } from "#core/spool/cursor.ts";
import type { OutputChunk, RemoteRef, RunExit, RunHandle, StopOutcome } from "../../driver.ts";
import { Feed } from "../../shared/feed.ts";
import { SpoolForgetting } from "../../shared/spool-forgetting.ts";
import { chunksOf, SpoolTail, type TailedFrame } from "../../shared/spool-tail.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { ContainerStop } from "./container-stop.ts";
import { LoadWatch } from "./load-watch.ts";
import { type CaptureState, type EngineStream, OutputCapture } from "./output-capture.ts";
import type { RunPlace } from "./run-place.ts";
import { type CapturedBytes, decodeExit, type RunSpool, type StartedContainer } from "./run-spool.ts";

/** What is still to be taken down; null for a run whose end is in the spool. */
export interface CaptureSource {
  readonly spool: RunSpool;
  readonly stream: EngineStream;
  readonly skip: CapturedBytes;
  readonly hasTimes: boolean;
  readonly gap: GapCause | null;
}

export interface ContainerRunDeps {
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly place: RunPlace;
  readonly started: StartedContainer;
  readonly hasSharedFolder: boolean;
  readonly afterCursor: string | null;
  readonly source: CaptureSource | null;
  /** Removes the secrets of the run when it has ended; never throws. */
  readonly forgetSecrets: () => Promise<void>;
  readonly onLetGo: (run: ContainerRun) => void;
}

/**
 * A run in a container. Its output is always read from the spool on this computer, also while it is being
 * captured, so that a run just started and one found again are seen the same way.
 */
export class ContainerRun implements RunHandle {
  readonly ref: RemoteRef;
  readonly pid: number | null;
  readonly startedAtMs: number;
  readonly limits: readonly LimitReport[];
  readonly screenshotFolder: string | null;
  readonly output: AsyncIterable<OutputChunk>;
  readonly samples: AsyncIterable<LoadSample>;
  readonly exit: Promise<RunExit>;
  readonly #deps: ContainerRunDeps;
  readonly #exit = Promise.withResolvers<RunExit>();
  readonly #capture: OutputCapture | null;
  readonly #load: LoadWatch | null;
  readonly #stop: ContainerStop;
  readonly #forgetting: SpoolForgetting;
  #isOver = false;
  #hasNews = false;
  #wake: () => void = () => undefined;

  constructor(deps: ContainerRunDeps) {
    const { api, clock, forgetSecrets, place, source, started } = deps;
    const { containerId, isMemoryTold } = started;
    this.#deps = deps;
    this.ref = `container:${containerId}` as RemoteRef;
    this.pid = started.pid;
    this.startedAtMs = started.startedAtMs;
    this.limits = started.limits;
    this.screenshotFolder = deps.hasSharedFolder ? place.screenshots : null;
    this.exit = this.#exit.promise;
    const onNews = () => this.#tell();
    this.#capture =
      source === null
        ? null
        : new OutputCapture({ ...source, api, clock, containerId, forgetSecrets, isMemoryTold, onNews });
    this.#load = source === null ? null : new LoadWatch({ api, clock, containerId, file: place.loads });
    this.samples = this.#load?.samples ?? noSamples();
    this.#stop = new ContainerStop({
      api,
      clock,
      containerId,
      graceMs: started.graceMs,
      askFile: () => (deps.hasSharedFolder ? writeFile(place.stopFile, "") : Promise.resolve()),
    });
    this.#forgetting = new SpoolForgetting(place.spool);
    this.output = this.#readOutput();
  }

  stop(mode: "soft" | "hard"): Promise<StopOutcome> {
    return mode === "soft" ? this.#stop.soft() : this.#stop.hard();
  }

  acknowledge(cursor: string): void {
    this.#forgetting.acknowledge(cursor);
  }

  async detach(): Promise<void> {
    this.#letGo();
    await Promise.all([this.#capture?.close(), this.#forgetting.done()]);
  }

  async *#readOutput(): AsyncGenerator<OutputChunk, void, undefined> {
    const { afterCursor, place } = this.#deps;
    const tail = new SpoolTail(place.spool, { from: placeBehind(afterCursor), isTornToldAgain: true });
    let exit: RunExit | null = null;
    try {
      while (!this.#isOver && exit === null) {
        for (const frame of await this.#nextFrames(tail)) {
          if (this.#isOver) return;
          if (frame.kind === "exit") exit = decodeExit(frame.payload);
          else yield* chunksOf(frame);
        }
      }
    } finally {
      await tail.close();
    }
    if (exit !== null) this.#end(exit);
  }

  /** What the spool has now, or nothing after a wait. @throws AppError when the link was lost and all is read */
  async #nextFrames(tail: SpoolTail): Promise<readonly TailedFrame[]> {
    const state = this.#captureState();
    this.#hasNews = false;
    const isFinished = state !== "capturing";
    const frames = await tail.readMore({ isFinished });
    if (frames.length > 0) return frames;
    if (state instanceof Error) throw state;
    // Its last frame is the end of the run; without it, whoever finds the run again writes it down anew.
    if (isFinished) throw new Error(`the spool of ${this.#deps.started.containerId} has no end`);
    await this.#news();
    return [];
  }

  #captureState(): CaptureState {
    return this.#capture?.state ?? "ended";
  }

  #tell(): void {
    this.#hasNews = true;
    this.#wake();
  }

  async #news(): Promise<void> {
    if (this.#hasNews || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(exit: RunExit): void {
    this.#letGo();
    // A turn later, so that the consumer of the output has seen its end by then.
    setImmediate(() => this.#exit.resolve(exit));
  }

  #letGo(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#load?.close();
    this.#tell();
    this.#deps.onLetGo(this);
  }
}

function noSamples(): AsyncIterable<LoadSample> {
  const feed = new Feed<LoadSample>();
  feed.close();
  return feed;
}
