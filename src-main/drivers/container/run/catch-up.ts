import { Readable } from "node:stream";
import type { GapCause } from "#contract/log.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { inspectContainer } from "../engine/inspect-container.ts";
import { readLog } from "../engine/read-log.ts";
import { isLive, wasPreparedAnew } from "./container-state.ts";
import { ENGINE_LOG_BYTES } from "./create-options.ts";
import { LogSeam, type LogSeamSources } from "./log-seam.ts";
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
/** A long log takes a while until its first byte. */
export const LOG_MS = 60_000;
const NO_BYTES = new Uint8Array(0);
const NOTHING: CapturedBytes = { stdout: 0, stderr: 0 };

/** What `openCatchUp` has to know of the container now. */
export interface ContainerNow {
  readonly isLive: boolean;
  /** Whether whoever follows the engine's log is told all of it. */
  readonly isFollowExact: boolean;
  /** Whether it is known what is to be hidden. */
  readonly isMaskable: boolean;
  readonly signal: AbortSignal;
}

/**
 * The engine's own log behind what was captured, and everything after it while the container runs.
 *
 * Where that log keeps bytes exactly, it is read from its beginning and the captured bytes of each stream are
 * left out: nothing is lost or told twice. Otherwise it is read from the time of the last byte, behind a gap.
 * A log that cannot be followed without loss is only read, and what comes then is heard live.
 */
export async function openCatchUp(
  api: EngineApi,
  spool: Pick<SpoolContent, "started" | "captured" | "lastAtMs">,
  container: ContainerNow,
): Promise<CaughtUp> {
  const { captured, lastAtMs, started } = spool;
  const { isFollowExact, isLive: isRunning, signal } = container;
  const { containerId } = started;
  if (!started.isLogKept) return await openUnlogged(api, containerId, container);
  const isExact = isLogWhole(spool);
  if (isRunning && !isFollowExact) return await openUnfollowed(api, { spool, isExact, signal });
  const hasTimes = started.isLogLosingLineEnds === true;
  const since = isExact ? 0 : Math.floor(lastAtMs / 1000);
  const options = { stdout: true, stderr: true, since, timestamps: hasTimes };
  const stream = await api.call(
    async (docker): Promise<EngineStream> => {
      if (!isRunning) return await readLog(docker, { ...options, containerId });
      const of = docker.getContainer(containerId);
      return (await of.logs({ ...options, follow: true })) as NodeJS.ReadableStream & EngineStream;
    },
    { signal, about: containerId, deadlineMs: LOG_MS },
  );
  if (isExact) return { stream, skip: captured, hasTimes, gap: null };
  return { stream, skip: NOTHING, hasTimes, gap: "engine-copy" };
}

/** Whether the engine's log holds everything from the beginning, byte for byte. */
export function isLogWhole({ captured, started }: Pick<SpoolContent, "captured" | "started">): boolean {
  const size = captured.stdout + captured.stderr;
  return started.isLogKept && started.isLogExact && size < SURELY_KEPT_BYTES;
}

async function openUnfollowed(
  api: EngineApi,
  {
    isExact,
    signal,
    spool: { captured, started },
  }: {
    readonly spool: Pick<SpoolContent, "started" | "captured">;
    readonly isExact: boolean;
    readonly signal: AbortSignal;
  },
): Promise<CaughtUp> {
  const { containerId } = started;
  const openLive = (live: AbortSignal) => openAttach(api, containerId, live);
  if (!isExact) {
    return { stream: await openLive(signal), skip: NOTHING, hasTimes: false, gap: "engine-copy" };
  }
  const openLog: LogSeamSources["openLog"] = (wanted, log) =>
    api.call((docker) => readLog(docker, { ...wanted, containerId, since: 0, timestamps: false }), {
      signal: log,
      about: containerId,
      deadlineMs: LOG_MS,
    });
  const stream = new LogSeam({ openLog, openLive }, captured);
  return { stream, skip: NOTHING, hasTimes: false, gap: null };
}

async function openUnlogged(
  api: EngineApi,
  containerId: string,
  { isLive: isRunning, isMaskable, signal }: ContainerNow,
): Promise<CaughtUp> {
  const gap = isMaskable ? "not-recorded" : "not-maskable";
  if (!isRunning) return { ...nothingMore(), gap };
  const stream = await openAttach(api, containerId, signal);
  return { stream: isMaskable ? stream : unheard(stream), skip: NOTHING, hasTimes: false, gap };
}

/** What the container says from now on: nothing when it has ended, which attaching would hide; see QUIRKS.md. */
async function openAttach(api: EngineApi, containerId: string, signal: AbortSignal): Promise<EngineStream> {
  const stateOf = async () => (await inspectContainer(api, containerId, { signal })).State;
  if (!isLive(await stateOf())) return Readable.from([]);
  const stream = await api.call(
    async (docker): Promise<EngineStream> => {
      const options = { stream: true, stdout: true, stderr: true };
      const attached = await docker.getContainer(containerId).attach(options);
      return attached as NodeJS.ReadWriteStream & EngineStream;
    },
    { signal, about: containerId },
  );
  // The stream of one that was prepared anew would not end. One that has ended since then is read to its end.
  if (wasPreparedAnew(await stateOf())) stream.destroy();
  return stream;
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
