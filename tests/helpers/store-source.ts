import {
  findLinesSchema,
  followLogSchema,
  followManySchema,
  readLineSchema,
  readLogSchema,
  readMergedSchema,
} from "#contract/log.ts";
import type { LogStore } from "#main/logs/index.ts";
import type { LogSource } from "#renderer/log-view/log-source.ts";

/** A log view's source straight from a log store, as the window has it over its connection. */
export function createStoreSource(store: LogStore): LogSource {
  return {
    page: (request) => store.page(readLogSchema.parse(request)),
    follow: (request, { onBatch, onFailed }) =>
      handedOver((signal) => store.follow(followLogSchema.parse(request), signal), onBatch, onFailed),
    find: (request, { onData, onFailed }) =>
      handedOver((signal) => store.find(findLinesSchema.parse(request), signal), onData, onFailed),
    stretch: (request) => store.lineStretch(readLineSchema.parse(request)),
    stats: (runId) => store.stats(runId),
    mergedPage: (request) => store.mergedPage(readMergedSchema.parse(request)),
    followMany: (request, { onData, onFailed }) =>
      handedOver(
        (signal) => store.followMany(followManySchema.parse(request), signal),
        ({ batch }) => onData(batch),
        onFailed,
      ),
    raw: (runId, { onData, onFailed }) =>
      handedOver(
        (signal) => store.raw(runId, { isFollowing: false, signal }),
        (bytes) => onData(Buffer.from(bytes).toString("base64")),
        onFailed,
      ),
  };
}

/** Hands over whatever comes until the answer is called. */
function handedOver<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  onData: (data: T) => void,
  onFailed: (error: unknown) => void,
): () => void {
  const closing = new AbortController();
  const read = async () => {
    for await (const data of open(closing.signal)) {
      if (closing.signal.aborted) return;
      onData(data);
    }
  };
  read().catch((error: unknown) => {
    if (!closing.signal.aborted) onFailed(error);
  });
  return () => closing.abort();
}
