import type { AppError } from "#contract/errors.ts";
import type { UpdateState } from "#contract/update.ts";
import { procedure, router } from "./base.ts";

/** What the updates router asks of the core. Each call answers at once; events tell how it goes on. */
export interface UpdatesFace {
  state(): UpdateState;
  check(): UpdateState;
  download(): UpdateState;
  install(): UpdateState;
  /** What was handed to the entry could not be put in place. Not for the page. */
  installFailed(error: AppError): void;
}

export function createUpdatesRouter(updates: UpdatesFace) {
  return router({
    state: procedure.query(() => updates.state()),
    check: procedure.mutation(() => updates.check()),
    download: procedure.mutation(() => updates.download()),
    install: procedure.mutation(() => updates.install()),
  });
}
