import type { LoadSample } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { endCursorBehind, isEndCursor, placeBehind } from "#core/spool/cursor.ts";
import { decodeRecord, type ExitRecord, type StartedRecord } from "#core/spool/record.ts";
import type { MissingOutput, OutputChunk, RemoteRef, RunExit, RunHandle, StopOutcome } from "../driver.ts";
import { SpoolForgetting } from "../shared/spool-forgetting.ts";
import { chunksOf, SpoolTail, type TailedFrame } from "../shared/spool-tail.ts";
import { removeGroups } from "./cgroup-group.ts";
import { FolderHint } from "./folder-hint.ts";
import { isAlive, type ProcessTable } from "./process-table.ts";
import { endTree } from "./process-tree.ts";
import type { RunFolder } from "./run-folder.ts";
import { RunStop } from "./run-stop.ts";
import { readRecordedTree, toSample } from "./watch-records.ts";

const POLL_MS = 1_000;
const SAMPLE_POLL_MS = 5_000;
const END_TREE_MS = 2_000;

export interface LocalRunDeps {
  readonly folder: RunFolder;
  readonly started: StartedRecord;
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly afterCursor: string | null;
  /** Load samples from the beginning on, or only new ones. */
  readonly samplesFrom: "beginning" | "now";
  /** Whether its supervisor was gone when the run was found. */
  readonly hasEnded?: boolean;
  readonly onLetGo: (run: LocalRun) => void;
}

/**
 * A run seen through its spool. The same for a run just started and one found again: what differs is only
 * where reading begins.
 */
export class LocalRun implements RunHandle {
  readonly ref: RemoteRef;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly limits: RunHandle["limits"];
  readonly screenshotFolder: string;
  readonly output: AsyncIterable<OutputChunk>;
  readonly samples: AsyncIterable<LoadSample>;
  readonly exit: Promise<RunExit>;
  readonly hasEnded: boolean;
  readonly #deps: LocalRunDeps;
  readonly #exit = Promise.withResolvers<RunExit>();
  readonly #hint: FolderHint;
  readonly #stop: RunStop;
  readonly #tail: SpoolTail;
  readonly #forgetting: SpoolForgetting;
  #sampleHint: FolderHint | null = null;
  #isOver = false;
  #lastLookMs = Number.NEGATIVE_INFINITY;

  constructor(deps: LocalRunDeps) {
    const { started, folder, clock, table, afterCursor } = deps;
    this.#deps = deps;
    this.ref = `process:${started.runId}` as RemoteRef;
    this.pid = started.process.pid;
    this.startedAtMs = started.startedAtMs;
    this.limits = started.limits;
    this.screenshotFolder = folder.screenshots;
    this.exit = this.#exit.promise;
    this.hasEnded = deps.hasEnded === true;
    this.#tail = new SpoolTail(folder.spool, { from: placeBehind(afterCursor), isTornToldAgain: false });
    this.#hint = new FolderHint(folder.spool, clock);
    this.#stop = new RunStop({
      started,
      table,
      clock,
      stopFile: folder.stopFile,
      recorded: () => readRecordedTree(folder.watch),
    });
    this.#forgetting = new SpoolForgetting(folder.spool);
    this.output = this.#readOutput();
    this.samples = this.#readSamples();
  }

  stop(mode: "soft" | "hard"): Promise<StopOutcome> {
    return mode === "soft" ? this.#stop.soft() : this.#stop.hard();
  }

  acknowledge(cursor: string): void {
    this.#forgetting.acknowledge(cursor);
  }

  async detach(): Promise<void> {
    this.#letGo();
    await Promise.all([this.#tail.close(), this.#forgetting.done()]);
  }

  async *#readOutput(): AsyncGenerator<OutputChunk, void, undefined> {
    try {
      while (!this.#isOver) {
        const frames = await this.#nextFrames();
        // Nobody will write any more, and all that was written is read.
        if (frames === null) {
          const exit = await this.#orphaned();
          // Once: whoever stored it may have ended before the run's end was stored as well.
          if (!isEndCursor(this.#deps.afterCursor)) yield this.#lastGap(exit);
          return await this.#end(exit);
        }
        for (const frame of frames) {
          if (this.#isOver) return;
          if (frame.kind === "exit") return await this.#end(toExit(frame));
          yield* chunksOf(frame);
        }
      }
    } finally {
      await this.#tail.close();
    }
  }

  /** What the spool has now, or after a wait; null when nothing is left and its writer is gone. */
  async #nextFrames(): Promise<readonly TailedFrame[] | null> {
    const frames = await this.#tail.readMore();
    if (frames.length > 0) return frames;
    if (await this.#isWatched()) {
      await this.#hint.next(POLL_MS);
      return [];
    }
    // What its supervisor wrote between our look and its end is read before the verdict.
    const rest = await this.#tail.readMore({ isFinished: true });
    return rest.length > 0 ? rest : null;
  }

  async *#readSamples(): AsyncGenerator<LoadSample, void, undefined> {
    const { folder, clock, samplesFrom } = this.#deps;
    const tail = new SpoolTail(folder.watch, { from: null, isTornToldAgain: false });
    this.#sampleHint = new FolderHint(folder.watch, clock);
    let isSkipping = samplesFrom === "now";
    try {
      while (true) {
        const wasOver = this.#isOver;
        const frames = await tail.readMore();
        for (const frame of isSkipping ? [] : frames) {
          if (frame.kind === "sample") yield toSample(frame);
        }
        if (frames.length > 0) continue;
        if (wasOver) return;
        isSkipping = false;
        await this.#sampleHint.next(SAMPLE_POLL_MS);
      }
    } finally {
      this.#sampleHint.close();
      await tail.close();
    }
  }

  /** A look at the supervisor, not more often than the poll: reading the process table is not free. */
  async #isWatched(): Promise<boolean> {
    const { clock, started, table } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lastLookMs < POLL_MS * 0.9) return true;
    this.#lastLookMs = nowMs;
    return isAlive(table, started.supervisor);
  }

  /**
   * The supervisor is gone without an exit record. With it went the only reader of the agent's output, so an
   * agent that still runs could not say anything any more and would die of it at some random later write.
   * It is ended now, and the end is called what it is: not known.
   */
  async #orphaned(): Promise<RunExit> {
    const { clock, folder, started, table } = this.#deps;
    const lost = { exitCode: null, signal: null, atMs: clock.nowMs() };
    if ((await table.bootId()) !== started.bootId) return { ...lost, cause: "host-restarted" };
    const recorded = await readRecordedTree(folder.watch);
    const marks = { runId: started.runId, root: started.process, recorded, cgroups: started.cgroups };
    await endTree(table, marks, END_TREE_MS);
    await removeGroups(started.cgroups);
    return { ...lost, cause: "unknown" };
  }

  /** What was printed and not written down when the supervisor ended is gone with it. */
  #lastGap({ atMs, cause }: RunExit): MissingOutput {
    const gap = {
      sizeBytes: null,
      cause: cause === "host-restarted" ? "computer-stopped" : "watcher-ended",
    } as const;
    return { gap, atMs, cursor: endCursorBehind(this.#tail.cursor) };
  }

  async #end(exit: RunExit): Promise<void> {
    this.#letGo();
    await this.#tail.close();
    // A turn later, so that the consumer of the output has seen its end by then.
    setImmediate(() => this.#exit.resolve(exit));
  }

  #letGo(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hint.close();
    this.#sampleHint?.close();
    this.#deps.onLetGo(this);
  }
}

function toExit(frame: TailedFrame): RunExit {
  const { exitCode, signal, cause, endedAtMs } = decodeRecord<ExitRecord>(frame.payload);
  return { exitCode, signal, cause, atMs: endedAtMs };
}
