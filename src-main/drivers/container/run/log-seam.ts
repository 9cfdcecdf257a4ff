import { framed, MultiplexedParser, type StreamPiece } from "../engine/multiplexed.ts";
import { LiveOutput } from "./live-output.ts";
import type { EngineStream } from "./output-capture.ts";
import type { CapturedBytes } from "./run-spool.ts";
import { StreamSeam } from "./stream-seam.ts";

type Stream = StreamPiece["stream"];

export interface LogSeamSources {
  /** The log from its beginning as it is now. */
  readonly openLog: (wanted: Readonly<Record<Stream, boolean>>, signal: AbortSignal) => Promise<EngineStream>;
  /** What the container says from now on; while it is not read, the container waits. */
  readonly openLive: (signal: AbortSignal) => Promise<EngineStream>;
}

const STREAMS = ["stdout", "stderr"] as const;
const BOTH = { stdout: true, stderr: true };

/**
 * The output of a container that lives, behind what is known of it: from its log first, then live. For an engine whose
 * log cannot be followed without loss.
 *
 * It ends with an error, and the bytes before it are right, when the two do not fit together.
 */
export class LogSeam implements EngineStream {
  readonly #sources: LogSeamSources;
  readonly #from: CapturedBytes;
  readonly #closing = new AbortController();

  /** @param from bytes at the beginning of each stream that are left out */
  constructor(sources: LogSeamSources, from: CapturedBytes) {
    this.#sources = sources;
    this.#from = from;
  }

  destroy(): void {
    this.#closing.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let from = this.#from; ; ) {
      const seams = { stdout: new StreamSeam(from.stdout), stderr: new StreamSeam(from.stderr) };
      yield* this.#readUp(seams);
      if (yield* this.#goOver(seams)) return;
      from = { stdout: seams.stdout.told, stderr: seams.stderr.told };
    }
  }

  /** All of the log but its unsure end. */
  async *#readUp(seams: Seams): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const pieces of this.#log(BOTH)) {
      for (const stream of STREAMS) yield* toFrames(stream, [seams[stream].begin(joined(pieces, stream))]);
    }
  }

  /** Whether it came to the end of what the container says; otherwise the seam was not to be found. */
  async *#goOver(seams: Seams): AsyncGenerator<Uint8Array, boolean, undefined> {
    const { signal } = this.#closing;
    const live = new LiveOutput(await this.#sources.openLive(signal));
    const onAbort = () => live.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      // What was said between the first reading and the opening, and is not followed by more, is shown at once.
      while ((yield* this.#look(seams)) && !live.hasNews);
      for (;;) {
        const pieces = await live.take();
        if (pieces.length === 0) return true;
        for (const { bytes, stream } of pieces) yield* toFrames(stream, [seams[stream].hear(bytes)]);
        if (STREAMS.some((stream) => seams[stream].hasHeard)) yield* this.#look(seams);
        if (STREAMS.some((stream) => seams[stream].isUnclear)) return false;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      live.destroy();
    }
  }

  /** Whether the log has grown since it was looked at last. */
  async *#look(seams: Seams): AsyncGenerator<Uint8Array, boolean, undefined> {
    const wanted = { stdout: !seams.stdout.isJoined, stderr: !seams.stderr.isJoined };
    const passed = { stdout: 0, stderr: 0 };
    const found: Record<Stream, Uint8Array[]> = { stdout: [], stderr: [] };
    for await (const pieces of this.#log(wanted)) {
      for (const { bytes, stream } of pieces) {
        const skipped = Math.min(seams[stream].lookFrom - passed[stream], bytes.byteLength);
        passed[stream] += skipped;
        if (skipped < bytes.byteLength) found[stream].push(bytes.subarray(skipped));
      }
    }
    let hasGrown = false;
    for (const stream of STREAMS) {
      if (!wanted[stream]) continue;
      const seen = seams[stream].look(Buffer.concat(found[stream]));
      hasGrown ||= seen.hasGrown;
      yield* toFrames(stream, seen.bytes);
    }
    return hasGrown;
  }

  async *#log(
    wanted: Readonly<Record<Stream, boolean>>,
  ): AsyncGenerator<readonly StreamPiece[], void, undefined> {
    const { signal } = this.#closing;
    const log = await this.#sources.openLog(wanted, signal);
    const onAbort = () => log.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    const parser = new MultiplexedParser();
    try {
      for await (const chunk of log) yield parser.push(chunk as Uint8Array);
    } finally {
      signal.removeEventListener("abort", onAbort);
      log.destroy();
    }
  }
}

type Seams = Readonly<Record<Stream, StreamSeam>>;

function joined(pieces: readonly StreamPiece[], stream: Stream): Uint8Array {
  return Buffer.concat(pieces.filter((piece) => piece.stream === stream).map(({ bytes }) => bytes));
}

function toFrames(stream: Stream, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  return parts.filter(({ byteLength }) => byteLength > 0).map((bytes) => framed({ stream, bytes }));
}
