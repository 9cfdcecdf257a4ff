import { z } from "zod";
import { type RunId, runIdSchema, screenshotIdSchema } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import { procedure, router } from "./base.ts";

/** What the screens router asks of the core. */
export interface ScreensFace {
  /** Oldest first. */
  list(runId: RunId): readonly Screenshot[];
  /** @throws AppError `screenshot.not_found` */
  read(runId: RunId, id: string): Promise<Uint8Array>;
}

export function createScreensRouter(screens: ScreensFace) {
  return router({
    list: procedure.input(z.object({ runId: runIdSchema })).query(({ input }) => screens.list(input.runId)),
    /** The image file, base64. */
    read: procedure
      .input(z.object({ runId: runIdSchema, id: screenshotIdSchema }))
      .query(async ({ input }) => Buffer.from(await screens.read(input.runId, input.id)).toString("base64")),
  });
}
