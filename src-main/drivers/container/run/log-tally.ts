import type { EngineApi } from "../engine/engine-api.ts";
import { MultiplexedParser, type StreamPiece } from "../engine/multiplexed.ts";
import { readLog } from "../engine/read-log.ts";
import { LOG_MS } from "./catch-up.ts";
import type { CapturedBytes, SpoolContent } from "./run-spool.ts";

const LINE_FEED = 10;

/** Counts what an engine's log says, read without its times. */
export class LogTally {
  readonly #parser = new MultiplexedParser();
  readonly #counted: Record<StreamPiece["stream"], number> = { stdout: 0, stderr: 0 };
  readonly #isTerminated: Record<StreamPiece["stream"], boolean> = { stdout: true, stderr: true };
  #isExact = true;

  push(chunk: Uint8Array): void {
    for (const { bytes, isStart, stream } of this.#parser.push(chunk)) {
      // Whatever stands behind a message without a line feed: one may have been dropped between them.
      if (isStart && !this.#isTerminated[stream]) this.#isExact = false;
      this.#counted[stream] += bytes.byteLength;
      this.#isTerminated[stream] = bytes.at(-1) === LINE_FEED;
    }
  }

  /** Whether the log surely says no more than was captured. False when it takes its times to tell. */
  isAllOf({ stderr, stdout }: CapturedBytes): boolean {
    return this.#isExact && this.#counted.stdout === stdout && this.#counted.stderr === stderr;
  }
}

/**
 * Whether everything that stands in the log of a container that has ended was captured, told by its size: reading a
 * log with its times to leave out what is known takes longer. False also when the log could not be read.
 */
export async function isAllCaptured(
  api: EngineApi,
  { captured, started: { containerId } }: Pick<SpoolContent, "captured" | "started">,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = { containerId, stdout: true, stderr: true, since: 0, timestamps: false };
  const tally = new LogTally();
  try {
    const log = await api.call((docker) => readLog(docker, wanted), {
      signal,
      about: containerId,
      deadlineMs: LOG_MS,
    });
    for await (const chunk of log) {
      if (signal.aborted) return false;
      tally.push(chunk as Uint8Array);
    }
  } catch {
    // The careful reading meets the same and says what it means.
    return false;
  }
  return tally.isAllOf(captured);
}
