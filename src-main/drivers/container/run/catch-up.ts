import { Readable } from "node:stream";
import type { GapCause } from "#contract/log.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { ENGINE_LOG_BYTES } from "./create-options.ts";
import type { EngineStream } from "./output-capture.ts";
import type { CapturedBytes, SpoolContent } from "./run-spool.ts";

/** Where the output goes on that was not taken down while nobody was there. */
export interface CaughtUp {
  readonly stream: EngineStream;
  readonly skip: CapturedBytes;
  /** Whether each message begins with its time, for `LineEndRestorer`. */
  readonly hasTimes: boolean;
  /** Why output may be missing before it. */
  readonly gap: GapCause | null;
}

/** Beyond this the engine may have thrown away the beginning of its log, and counting bytes would be wrong. */
const SURELY_KEPT_BYTES = ENGINE_LOG_BYTES * 0.7;
const NO_BYTES = new Uint8Array(0);
const NOTHING: CapturedBytes = { stdout: 0, stderr: 0 };

/**
 * The engine's own log behind what was captured, and everything after it while the container runs.
 *
 * Where that log keeps bytes exactly, it is read from its beginning and the captured bytes of each stream are
 * left out: nothing is lost or told twice. Otherwise it is read from the time of the last byte, behind a gap.
 */
export async function openCatchUp(
  api: EngineApi,
  spool: Pick<SpoolContent, "started" | "captured" | "lastAtMs">,
  container: {
    readonly isLive: boolean;
    readonly signal: AbortSignal;
    /** Whether it is known what is to be hidden. */
    readonly isMaskable: boolean;
  },
): Promise<CaughtUp> {
  const { captured, lastAtMs, started } = spool;
  if (!started.isLogKept) return await openUnlogged(api, started.containerId, container);
  const isExact = isLogWhole(spool);
  const hasTimes = started.isLogLosingLineEnds === true;
  const since = isExact ? 0 : Math.floor(lastAtMs / 1000);
  const stream = await api.call(
    async (docker): Promise<EngineStream> => {
      const of = docker.getContainer(started.containerId);
      const options = { stdout: true, stderr: true, since, timestamps: hasTimes };
      if (!container.isLive) return Readable.from([await of.logs({ ...options, follow: false })]);
      return (await of.logs({ ...options, follow: true })) as NodeJS.ReadableStream & EngineStream;
    },
    { signal: container.signal, about: started.containerId, deadlineMs: 60_000 },
  );
  if (isExact) return { stream, skip: captured, hasTimes, gap: null };
  return { stream, skip: NOTHING, hasTimes, gap: "engine-copy" };
}

/** Whether the engine's log holds everything from the beginning, byte for byte. */
export function isLogWhole({ captured, started }: Pick<SpoolContent, "captured" | "started">): boolean {
  const size = captured.stdout + captured.stderr;
  return started.isLogKept && started.isLogExact && size < SURELY_KEPT_BYTES;
}

async function openUnlogged(
  api: EngineApi,
  containerId: string,
  { isLive, isMaskable, signal }: Parameters<typeof openCatchUp>[2],
): Promise<CaughtUp> {
  const gap = isMaskable ? "not-recorded" : "not-maskable";
  if (!isLive) return { ...nothingMore(), gap };
  const stream = await api.call(
    async (docker): Promise<EngineStream> => {
      const options = { stream: true, stdout: true, stderr: true };
      return (await docker.getContainer(containerId).attach(options)) as NodeJS.ReadWriteStream &
        EngineStream;
    },
    { signal, about: containerId },
  );
  return { stream: isMaskable ? stream : unheard(stream), skip: NOTHING, hasTimes: false, gap };
}

/** Only the end of what is said. */
function unheard(stream: EngineStream): EngineStream {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const _chunk of stream) yield NO_BYTES;
    },
    destroy: (error) => stream.destroy(error),
  };
}

/** For a container that is gone: nothing more will come. */
export function nothingMore(): CaughtUp {
  return { stream: Readable.from([]), skip: NOTHING, hasTimes: false, gap: "source-gone" };
}
