import type { Door } from "#contract/run.ts";
import {
  type SetVariable,
  setVariableSchema,
  type Variable,
  type VariableChange,
  type VariableRef,
  variableRefSchema,
} from "#contract/variable.ts";
import { procedure, router } from "./base.ts";

/** What the variables router asks of the core. */
export interface VariablesFace {
  /** Global ones first, then those of agents, by name. */
  list(): readonly Variable[];
  /** Exactly this one; no fall-back to the global one. @throws AppError `variable.not_found` */
  get(ref: VariableRef): Variable;
  /** @throws AppError `variable.invalid` when the value does not fit the type; `agent.not_found` */
  set(request: SetVariable, door: Door): Variable;
  /** @throws AppError `variable.not_found` */
  remove(ref: VariableRef, door: Door): void;
  /** Newest first, at most 200; also of one that was removed. */
  history(ref: VariableRef): readonly VariableChange[];
}

export function createVariablesRouter(variables: VariablesFace) {
  return router({
    list: procedure.query(() => variables.list()),
    get: procedure.input(variableRefSchema).query(({ input }) => variables.get(input)),
    set: procedure.input(setVariableSchema).mutation(({ input, ctx }) => variables.set(input, ctx.door)),
    remove: procedure
      .input(variableRefSchema)
      .mutation(({ input, ctx }) => variables.remove(input, ctx.door)),
    history: procedure.input(variableRefSchema).query(({ input }) => variables.history(input)),
  });
}
