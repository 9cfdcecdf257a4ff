import { z } from "zod";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import {
  type AgentRunSummary,
  type Door,
  type ListRuns,
  type LoadSample,
  listRunsSchema,
  type Run,
  type RunPage,
  type StartRun,
  type StopRun,
  startRunSchema,
  stopRunSchema,
  type TimelineEntry,
} from "#contract/run.ts";
import { procedure, router } from "./base.ts";

/** What the runs router asks of the core. */
export interface RunsFace {
  /** Stores the run as `queued` and starts it; resolves once it is stored. */
  start(request: StartRun, door: Door): Promise<Run>;
  /** Starts a new run with the same agent, target and input. */
  startAgain(id: RunId, door: Door): Promise<Run>;
  /** Asks the run to end; resolves once the wish is stored. @throws AppError `run.already_finished` */
  stop(request: StopRun): Promise<Run>;
  /** Forgets a finished run with its log, screenshots and folder. */
  remove(id: RunId): Promise<void>;
  list(request: ListRuns): RunPage;
  /** The latest run and the number of live ones for every agent that has run, by name. */
  summaries(): readonly AgentRunSummary[];
  /** Full id, unique beginning of at least 4 characters, or `@agent` for its latest run. @throws AppError `run.not_found`, `run.ambiguous` */
  resolve(reference: string): Run;
  timeline(id: RunId): readonly TimelineEntry[];
  load(id: RunId): Promise<readonly LoadSample[]>;
}

export function createRunsRouter(runs: RunsFace) {
  const byId = z.object({ runId: runIdSchema });
  return router({
    start: procedure.input(startRunSchema).mutation(({ input, ctx }) => runs.start(input, ctx.door)),
    startAgain: procedure.input(byId).mutation(({ input, ctx }) => runs.startAgain(input.runId, ctx.door)),
    stop: procedure.input(stopRunSchema).mutation(({ input }) => runs.stop(input)),
    remove: procedure.input(byId).mutation(({ input }) => runs.remove(input.runId)),
    list: procedure.input(listRunsSchema).query(({ input }) => runs.list(input)),
    summaries: procedure.query(() => runs.summaries()),
    get: procedure
      .input(z.object({ reference: z.string().min(1).max(200) }))
      .query(({ input }) => runs.resolve(input.reference)),
    timeline: procedure.input(byId).query(({ input }) => runs.timeline(input.runId)),
    load: procedure.input(byId).query(({ input }) => runs.load(input.runId)),
  });
}
