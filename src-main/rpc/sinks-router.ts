import { z } from "zod";
import {
  type LogSink,
  type SetSink,
  type SinkName,
  type SinkTest,
  setSinkSchema,
  sinkNameSchema,
} from "#contract/log-sink.ts";
import type { Door } from "#contract/run.ts";
import { procedure, router } from "./base.ts";

/** Where logs are forwarded to; see `Sinks`. */
export interface SinksFace {
  list(): Promise<readonly LogSink[]>;
  /** @throws AppError `sink.invalid` */
  set(request: SetSink, door: Door): Promise<LogSink>;
  /** @throws AppError `sink.not_found` */
  remove(name: SinkName, door: Door): Promise<void>;
  /** @throws AppError `sink.not_found`, and where the sink would fail */
  test(name: SinkName, door: Door, signal: AbortSignal): Promise<SinkTest>;
}

export function createSinksRouter(sinks: SinksFace) {
  const byName = z.object({ name: sinkNameSchema });
  return router({
    list: procedure.query(() => sinks.list()),
    set: procedure.input(setSinkSchema).mutation(({ input, ctx }) => sinks.set(input, ctx.door)),
    remove: procedure.input(byName).mutation(({ input, ctx }) => sinks.remove(input.name, ctx.door)),
    test: procedure
      .input(byName)
      .mutation(({ input, ctx, signal }) =>
        sinks.test(input.name, ctx.door, signal ?? new AbortController().signal),
      ),
  });
}
