import { type RunId, runIdSchema } from "#contract/ids.ts";
import { followLogSchema, type LogBatch, type LogStream, readLogSchema } from "#contract/log.ts";
import type { LogStore, LogWriter } from "#main/logs/index.ts";

/** A store on files of its own, and the means to close and open it again as a new program would. */
export interface LogStoreUnderTest {
  readonly store: LogStore;
  /** Ends the store and opens the same files anew. */
  reopen(): Promise<LogStore>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const RUN: RunId = runIdSchema.parse("0000000000000001");
export const never = () => new AbortController().signal;

/** Appends text or bytes; every chunk has its own cursor, `c1`, `c2` … */
export function createFeeder(writer: LogWriter) {
  let count = 0;
  return async (stream: LogStream, content: string | Uint8Array) => {
    count += 1;
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    await writer.append({ stream, bytes, atMs: count, cursor: `c${count}` });
  };
}

export async function textsOf(store: LogStore, request: object = {}) {
  const page = await store.page(readLogSchema.parse({ runId: RUN, ...request }));
  return page.lines.map(({ text }) => text);
}

export async function bytesOf(store: LogStore): Promise<Buffer> {
  const pieces = await Array.fromAsync(store.raw(RUN, { isFollowing: false, signal: never() }));
  return Buffer.concat(pieces);
}

export async function followToEnd(store: LogStore, request: object = {}): Promise<LogBatch[]> {
  return await Array.fromAsync(store.follow(followLogSchema.parse({ runId: RUN, ...request }), never()));
}

export const linesIn = (batches: readonly LogBatch[]) => batches.flatMap(({ lines }) => lines);

/** Follows, breaks off after about `step` lines, resumes with the last number seen, up to the end. */
export async function readInterrupted(store: LogStore, step: number): Promise<string[]> {
  const seen: string[] = [];
  let last = 0;
  for (let isEnd = false; !isEnd; ) {
    const breakAt = last + step;
    const request = followLogSchema.parse({ runId: RUN, lastEventId: String(last) });
    for await (const batch of store.follow(request, never())) {
      seen.push(...batch.lines.map(({ text }) => text));
      last = batch.lines.at(-1)?.number ?? last;
      isEnd = batch.isEnd;
      if (last >= breakAt) break;
    }
  }
  return seen;
}
