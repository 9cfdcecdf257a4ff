import { tracked } from "@trpc/server";
import { z } from "zod";
import { runIdSchema } from "#contract/ids.ts";
import {
  findLinesSchema,
  followLogSchema,
  followManySchema,
  markLogSchema,
  readLineSchema,
  readLogSchema,
  readMergedSchema,
  searchLogSchema,
} from "#contract/log.ts";
import type { LogStore } from "#main/logs/index.ts";
import { procedure, router } from "./base.ts";
import { paced } from "./paced.ts";

export type LogsFace = Pick<
  LogStore,
  | "page"
  | "follow"
  | "raw"
  | "search"
  | "find"
  | "mergedPage"
  | "followMany"
  | "lineStretch"
  | "stats"
  | "totals"
  | "mark"
>;

export function createLogsRouter(logs: LogsFace) {
  return router({
    page: procedure.input(readLogSchema).query(({ input }) => logs.page(input)),

    search: procedure
      .input(searchLogSchema)
      .query(({ input, signal }) => logs.search(input, signal ?? new AbortController().signal)),

    follow: procedure.input(followLogSchema).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? new AbortController().signal;
      let lastLine = input.lastEventId ?? String(Math.max(0, input.afterLine));
      for await (const batch of paced(logs.follow(input, ended), ctx.sink, ended)) {
        lastLine = String(batch.lines.at(-1)?.number ?? lastLine);
        yield tracked(lastLine, batch);
      }
    }),

    /** Hits as they are found, with count and progress. Unsubscribing ends the search. */
    find: procedure.input(findLinesSchema).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? new AbortController().signal;
      yield* paced(logs.find(input, ended), ctx.sink, ended);
    }),

    /** Lines of several runs by time. */
    mergedPage: procedure.input(readMergedSchema).query(({ input }) => logs.mergedPage(input)),

    /** Several runs, or every live one, as their lines come. */
    followMany: procedure.input(followManySchema).subscription(async function* ({ input, ctx, signal }) {
      const ended = signal ?? new AbortController().signal;
      for await (const { batch, id } of paced(logs.followMany(input, ended), ctx.sink, ended)) {
        // An empty id would be none; this one names no run, so a follower goes on as one who has read nothing.
        yield tracked(id === "" ? "-" : id, batch);
      }
    }),

    /** A stretch of one line that is too long for a page. */
    lineStretch: procedure.input(readLineSchema).query(({ input }) => logs.lineStretch(input)),

    stats: procedure.input(z.object({ runId: runIdSchema })).query(({ input }) => logs.stats(input.runId)),

    totals: procedure.query(() => logs.totals()),

    mark: procedure.input(markLogSchema).mutation(({ input }) => logs.mark(input)),

    /** Stored bytes as base64 pieces; `lastEventId` is the number of bytes that arrived. */
    raw: procedure
      .input(
        z.object({
          runId: runIdSchema,
          isFollowing: z.boolean().default(false),
          lastEventId: z.string().optional(),
        }),
      )
      .subscription(async function* ({ input, ctx, signal }) {
        const ended = signal ?? new AbortController().signal;
        const already = Number(input.lastEventId ?? 0);
        let position = 0;
        for await (const bytes of paced(
          logs.raw(input.runId, { isFollowing: input.isFollowing, signal: ended }),
          ctx.sink,
          ended,
        )) {
          const fresh = bytes.subarray(Math.max(0, Math.min(bytes.length, already - position)));
          position += bytes.length;
          if (fresh.length > 0) yield tracked(String(position), Buffer.from(fresh).toString("base64"));
        }
      }),
  });
}
