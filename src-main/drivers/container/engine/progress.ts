import { z } from "zod";
import type { EngineProgress } from "#contract/engine.ts";
import { readJsonLines } from "./json-lines.ts";

const stepSchema = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  stream: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
});

/** What an engine writes while it pulls or builds went wrong; `words` are the engine's own. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/**
 * The steps of a pull or a build. @throws StepFailed when the engine reports a failure in the middle of the
 * stream, which it does with a successful status.
 */
export async function* readProgress(stream: AsyncIterable<unknown>): AsyncGenerator<EngineProgress> {
  for await (const value of readJsonLines(stream)) {
    const step = stepSchema.safeParse(value).data;
    if (step === undefined) continue;
    if (step.error !== undefined) throw new StepFailed(step.error.trim());
    const text = step.stream ?? step.status ?? "";
    if (text === "") continue;
    yield {
      // Docker names the tag where it begins, which is no layer.
      layer: text.startsWith("Pulling from ") ? "" : (step.id ?? ""),
      text,
      doneBytes: step.progressDetail?.current ?? null,
      totalBytes: step.progressDetail?.total ?? null,
    };
  }
}
