import type { RunId } from "#contract/ids.ts";
import { type LimitLogs, type LogKeeping, limitLogsSchema, type TidyReport } from "#contract/log-keeping.ts";
import { procedure, router } from "./base.ts";

/** How long logs are kept; see `LogRetention`. */
export interface KeepingFace {
  keeping(): Promise<LogKeeping>;
  /** @throws AppError `agent.not_found` */
  setLimits(request: LimitLogs): Promise<LogKeeping>;
  tidy(): Promise<TidyReport>;
  /** Runs whose logs are kept whatever their age and size. */
  pinned(): readonly RunId[];
}

export function createKeepingRouter(keeping: KeepingFace) {
  return router({
    /** The limits, and what is stored now. */
    get: procedure.query(() => keeping.keeping()),

    setLimits: procedure.input(limitLogsSchema).mutation(({ input }) => keeping.setLimits(input)),

    pinned: procedure.query(() => keeping.pinned()),

    /** Removes now what is beyond the limits; the core does so by itself every hour. */
    tidy: procedure.mutation(() => keeping.tidy()),
  });
}
