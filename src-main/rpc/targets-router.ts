import { z } from "zod";
import { type TargetId, targetIdSchema } from "#contract/ids.ts";
import type { Target } from "#contract/target.ts";
import { procedure, router } from "./base.ts";

/** What the targets router asks of the core. */
export interface TargetsFace {
  list(): readonly Target[];
  /** @throws AppError `target.not_found` */
  get(id: TargetId): Target;
  /** Looks at the target now. */
  probe(id: TargetId): Promise<Target>;
}

export function createTargetsRouter(targets: TargetsFace) {
  const byId = z.object({ target: targetIdSchema });
  return router({
    list: procedure.query(() => targets.list()),
    get: procedure.input(byId).query(({ input }) => targets.get(input.target)),
    probe: procedure.input(byId).mutation(({ input }) => targets.probe(input.target)),
  });
}
