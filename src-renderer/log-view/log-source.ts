import type { RunId } from "#contract/ids.ts";
import type {
  FindLines,
  FindProgress,
  LineStretch,
  LogBatch,
  LogEncoding,
  LogLine,
  LogPage,
  LogStats,
  MergedBatch,
  MergedPage,
  PartialLine,
} from "#contract/log.ts";
import type { RpcClient } from "#renderer/rpc/index.ts";

/** A line at its place in a view: `number` counts the rows of the view. */
export interface ViewLine extends LogLine {
  /** The line it is, where that is not the line `number` of the one run in view. */
  readonly origin?: LineOrigin;
  /** There when this row and those around it say the same and are shown once: the first and the last of them. */
  readonly folded?: { readonly from: number; readonly to: number };
}

export interface LineOrigin {
  readonly runId: RunId;
  readonly number: number;
}

export interface ViewPartial extends PartialLine {
  readonly runId?: RunId;
}

export interface ViewBatch extends LogBatch {
  readonly lines: readonly ViewLine[];
  readonly partials: readonly ViewPartial[];
}

export interface ViewPage extends LogPage {
  readonly lines: readonly ViewLine[];
}

export interface FollowObserver {
  readonly onBatch: (batch: ViewBatch) => void;
  /** The stream was lost; it comes back by itself and goes on where it stood. */
  readonly onLost: () => void;
  readonly onFailed: (error: unknown) => void;
}

export interface StreamObserver<T> {
  readonly onData: (data: T) => void;
  readonly onLost?: () => void;
  readonly onFailed: (error: unknown) => void;
  readonly onDone?: () => void;
}

export interface PageRequest {
  readonly runId: RunId;
  readonly from?: number;
  readonly limit: number;
  readonly atMs?: number;
  readonly hasDetails?: boolean;
}

type Wish<T extends object> = Partial<Omit<T, "runIds" | "runId">>;

/** Where a view gets rows from: a whole log, the lines of one that fit, or several logs by time. */
export interface LineFeed {
  page(request: PageRequest & { readonly from: number }): Promise<ViewPage>;
  /** Begins after row `afterLine` (negative: with the last n rows); the returned function ends it. */
  follow(request: { runId: RunId; afterLine: number }, observer: FollowObserver): () => void;
}

/** Where a log view gets its log from. It can only read: a log view has no wire back to any program. */
export interface LogSource {
  page(request: PageRequest): Promise<LogPage>;
  follow(
    request: { runId: RunId; afterLine: number; mostLines?: number; hasDetails?: boolean },
    observer: FollowObserver,
  ): () => void;
  /** The returned function takes the search back. */
  find(
    request: Wish<FindLines> & { readonly runIds: readonly RunId[] },
    observer: StreamObserver<FindProgress>,
  ): () => void;
  stretch(request: {
    runId: RunId;
    number: number;
    fromByte: number;
    mostBytes?: number;
    encoding?: LogEncoding;
  }): Promise<LineStretch>;
  stats(runId: RunId): Promise<LogStats>;
  mergedPage(request: MergedRequest): Promise<MergedPage>;
  followMany(request: FollowManyRequest, observer: StreamObserver<MergedBatch>): () => void;
  /** Stored bytes as base64 pieces. */
  raw(runId: RunId, observer: StreamObserver<string>): () => void;
}

export type MergedRequest = Parameters<RpcClient["logs"]["mergedPage"]["query"]>[0];
export type FollowManyRequest = Parameters<RpcClient["logs"]["followMany"]["subscribe"]>[0];

export function createRpcLogSource({ logs }: Pick<RpcClient, "logs">): LogSource {
  return {
    page: (request) => logs.page.query(request),
    follow(request, observer) {
      const subscription = logs.follow.subscribe(request, {
        onData: ({ data }) => observer.onBatch(data),
        onConnectionStateChange: (change) => {
          if (change.state === "connecting" && change.error !== null) observer.onLost();
        },
        onError: observer.onFailed,
      });
      return () => subscription.unsubscribe();
    },
    find({ runIds, ...wish }, observer) {
      const subscription = logs.find.subscribe(
        { ...wish, runIds: [...runIds] },
        { onData: observer.onData, onError: observer.onFailed },
      );
      return () => subscription.unsubscribe();
    },
    stretch: (request) => logs.lineStretch.query(request),
    stats: (runId) => logs.stats.query({ runId }),
    mergedPage: (request) => logs.mergedPage.query(request),
    followMany(request, observer) {
      const subscription = logs.followMany.subscribe(request, {
        onData: ({ data }) => observer.onData(data),
        onConnectionStateChange: (change) => {
          if (change.state === "connecting" && change.error !== null) observer.onLost?.();
        },
        onError: observer.onFailed,
      });
      return () => subscription.unsubscribe();
    },
    raw(runId, observer) {
      const subscription = logs.raw.subscribe(
        { runId },
        {
          onData: ({ data }) => observer.onData(data),
          onError: observer.onFailed,
          onComplete: () => observer.onDone?.(),
        },
      );
      return () => subscription.unsubscribe();
    },
  };
}

/** The lines that fit, with their text; resolves when the whole search is done. */
export async function findAll(
  source: Pick<LogSource, "find">,
  request: Wish<FindLines> & { readonly runIds: readonly RunId[] },
  signal?: AbortSignal,
): Promise<FindProgress["hits"]> {
  const hits: FindProgress["hits"][number][] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = source.find(request, {
    onData(news) {
      hits.push(...news.hits);
      if (news.isEnd) resolve();
    },
    onFailed: reject,
  });
  signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  try {
    await promise;
  } finally {
    stop();
  }
  return hits;
}
