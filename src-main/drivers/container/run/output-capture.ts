import type Dockerode from "dockerode";
import { AppError } from "#contract/errors.ts";
import type { GapCause } from "#contract/log.ts";
import type { Clock } from "#core/clock.ts";
import type { RunExit } from "../../driver.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { inspectContainer } from "../engine/inspect-container.ts";
import { LineEndRestorer } from "../engine/line-ends.ts";
import { MultiplexedParser } from "../engine/multiplexed.ts";
import { OwnErrors } from "../engine/own-errors.ts";
import { type CaughtUp, isLogWhole, openCatchUp } from "./catch-up.ts";
import { eventsOf, findPastExitCode } from "./container-events.ts";
import { isLive, wasPreparedAnew } from "./container-state.ts";
import { isAllCaptured } from "./log-tally.ts";
import { toExit, unknownExit } from "./run-exit.ts";
import type { CapturedBytes, RunSpool } from "./run-spool.ts";

/** What an engine sends: bytes until its end, or an error; `destroy` hangs up. */
export type EngineStream = AsyncIterable<unknown> & { destroy(error?: Error): unknown };

export interface OutputCaptureDeps {
  readonly api: EngineApi;
  readonly containerId: string;
  /** False when the engine does not say by itself that memory ran out. */
  readonly isMemoryTold: boolean;
  readonly spool: RunSpool;
  readonly clock: Clock;
  readonly stream: EngineStream;
  /** Bytes at the beginning of the stream that the spool has already. */
  readonly skip: CapturedBytes;
  /** As in `CaughtUp`. */
  readonly hasTimes: boolean;
  /** Why output may be missing before everything else that comes. */
  readonly gap: GapCause | null;
  /** Removes the secrets of the run, which has ended; never throws. */
  readonly forgetSecrets: () => Promise<void>;
  /** Called after each change: more bytes, the end, or the loss of the link. */
  readonly onNews: () => void;
}

export type CaptureState = "capturing" | "ended" | AppError;

/** The stream of a container that has stopped ends a moment before the engine calls it stopped. */
const SETTLE_MS = 3_000;
/** A container that ended this much later than its stream said more than the stream. */
const LEAST_LOSS_MS = 1_000;

/** Takes down everything a container says, and how it ended. */
export class OutputCapture {
  readonly #deps: OutputCaptureDeps;
  readonly #closing = new AbortController();
  #state: CaptureState = "capturing";
  readonly done: Promise<void>;

  constructor(deps: OutputCaptureDeps) {
    this.#deps = deps;
    this.done = this.#run();
  }

  get state(): CaptureState {
    return this.#state;
  }

  /** Hangs up; the container goes on. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#deps.stream.destroy();
    await this.done;
  }

  async #run(): Promise<void> {
    const { api, clock, gap, hasTimes, onNews, skip, spool, stream } = this.#deps;
    try {
      if (gap !== null) await spool.appendGap({ sizeBytes: null, cause: gap });
      await this.#take({ stream, skip, hasTimes });
      const streamEndedAtMs = clock.nowMs();
      const exit = await this.#findExit();
      await this.#takeRest(exit, streamEndedAtMs);
      await this.#deps.forgetSecrets();
      await spool.end(exit);
      this.#state = "ended";
    } catch (error) {
      this.#state = lost(api.translate(error));
    } finally {
      spool.close();
      onNews();
    }
  }

  async #take({ hasTimes, skip, stream }: Pick<CaughtUp, "hasTimes" | "skip" | "stream">): Promise<void> {
    const { onNews, spool } = this.#deps;
    const parser = hasTimes ? new LineEndRestorer() : new MultiplexedParser();
    const own = new OwnErrors();
    const left = { ...skip };
    try {
      for await (const chunk of stream) {
        for (const piece of parser.push(chunk as Uint8Array).flatMap((each) => own.pass(each))) {
          const skipped = Math.min(left[piece.stream], piece.bytes.byteLength);
          left[piece.stream] -= skipped;
          if (skipped < piece.bytes.byteLength) {
            await spool.append({ stream: piece.stream, bytes: piece.bytes.subarray(skipped) });
          }
        }
        onNews();
      }
    } catch {
      // Whether the stream broke or ended, the container itself says what is so.
    }
  }

  /**
   * A connection that was cut ends a stream as the end of the program does. If the program ended soon after it, the
   * rest of what it said is in the engine's log.
   *
   * @throws AppError when that log cannot tell; whoever finds the run again marks the gap
   */
  async #takeRest({ atMs, cause }: RunExit, streamEndedAtMs: number): Promise<void> {
    const { api, spool } = this.#deps;
    const { content } = spool;
    if (isLogWhole(content)) {
      const { signal } = this.#closing;
      if (content.started.isLogLosingLineEnds === true && (await isAllCaptured(api, content, signal))) return;
      const ended = { isLive: false, isFollowExact: true, isMaskable: true, signal };
      const rest = await openCatchUp(api, content, ended).catch(goneWithItsContainer);
      if (rest !== null) await this.#take(rest);
    } else if (cause !== "unknown" && atMs > streamEndedAtMs + LEAST_LOSS_MS) {
      throw api.translate(new Error("the connection ended before the program"));
    }
  }

  /**
   * Podman does not say that memory ran out. A container with a memory limit that was killed, and that nobody had
   * killed through the engine, was killed by its system.
   */
  async #judge({ HostConfig: host, State: state }: Dockerode.ContainerInspectInfo): Promise<RunExit> {
    const { api, clock, containerId, isMemoryTold } = this.#deps;
    const exit = toExit(state, clock.nowMs());
    if (isMemoryTold || exit.signal !== "SIGKILL" || !host.Memory) return exit;
    const span = { fromMs: Date.parse(state.StartedAt), toMs: exit.atMs };
    for await (const { action } of eventsOf(api, containerId, span)) {
      if (WAS_ASKED.has(action)) return exit;
    }
    return { ...exit, cause: "out-of-memory" };
  }

  /** How a container ended whose state tells of what it was prepared for anew; its events tell of before. */
  async #judgePast(info: Dockerode.ContainerInspectInfo): Promise<RunExit> {
    const { api, clock } = this.#deps;
    const exitCode = await findPastExitCode(api, info);
    if (exitCode === null) return unknownExit(clock.nowMs());
    return await this.#judge({ ...info, State: { ...info.State, ExitCode: exitCode } });
  }

  async #findExit(): Promise<RunExit> {
    const { api, clock, containerId } = this.#deps;
    const { signal } = this.#closing;
    const inspect = () => inspectContainer(api, containerId, { signal });
    try {
      const first = await inspect();
      if (wasPreparedAnew(first.State)) return await this.#judgePast(first);
      if (!isLive(first.State)) return await this.#judge(first);
      await api.call((docker, abortSignal) => docker.getContainer(containerId).wait({ abortSignal }), {
        signal,
        deadlineMs: SETTLE_MS,
      });
      return await this.#judge(await inspect());
    } catch (error) {
      if (error instanceof AppError && error.code === "engine.no_such_object")
        return unknownExit(clock.nowMs());
      throw error;
    }
  }
}

/** Words of events that say that a person or a program had the container killed. */
const WAS_ASKED = new Set(["kill", "stop", "remove", "restart"]);

/** A container that is being removed by somebody gives no log any more; asking again would not help. */
function goneWithItsContainer(error: unknown): null {
  const isGone =
    error instanceof AppError && (error.code === "engine.no_such_object" || error.details["status"] === 409);
  if (isGone) return null;
  throw error;
}

/** To whoever follows the run it is the link that was lost; the run may go on. */
function lost(error: AppError): AppError {
  const { engine = "", problem = error.message } = error.details;
  return new AppError("target.unreachable", `The link to the container was lost: ${error.message}`, {
    details: { target: engine, problem },
    cause: error,
  });
}
