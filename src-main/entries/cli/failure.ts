import { TRPCClientError } from "@trpc/client";
import { AppError, type ErrorDetails, isErrorCode } from "#contract/errors.ts";

/** What tRPC's clients carry of an error of ours; see the error formatter in rpc/base.ts. */
interface WireData {
  readonly code?: unknown;
  readonly app?: { readonly code?: unknown; readonly message?: unknown; readonly details?: unknown } | null;
}

/** The core was gone before it answered. */
export class CoreWentAway extends AppError {
  /** True when the core ended in order, so that it has certainly not begun the call. */
  readonly isUnheard: boolean;

  constructor(cause: TRPCClientError<never>) {
    super("core.unreachable", "Pilothouse went away during the call", { cause });
    this.isUnheard = closeCodeOf(cause.cause) === GOING_AWAY;
  }
}

/** See `SOCKET_CLOSED` in the RPC module, which this must not load. */
const GOING_AWAY = 1001;

function closeCodeOf(cause: unknown): unknown {
  return typeof cause === "object" && cause !== null && "code" in cause ? cause.code : null;
}

/** A failure of a call as it was thrown in the core; anything unknown stays as it is. */
export function toAppError(error: unknown): unknown {
  if (!(error instanceof TRPCClientError)) return error;
  const data = error.data as WireData | undefined | null;
  if (data === undefined || data === null) {
    return new CoreWentAway(error);
  }
  const app = data.app ?? null;
  if (app !== null && isErrorCode(app.code)) {
    return new AppError(app.code, String(app.message ?? error.message), {
      details: (app.details ?? {}) as ErrorDetails,
      cause: error,
    });
  }
  if (data.code === "NOT_FOUND" || data.code === "METHOD_NOT_SUPPORTED") {
    return new AppError("core.unreachable", "The running Pilothouse is of another version; restart it", {
      cause: error,
    });
  }
  return error;
}
