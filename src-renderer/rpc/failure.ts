import { TRPCClientError } from "@trpc/client";
import { AppError, type ErrorCode, type ErrorDetails, isErrorCode } from "#contract/errors.ts";

/** A failed call as the page shows it: the code of the catalogue and its facts. */
export interface Failure {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly isRetryable: boolean;
  /** English sentence of the core, for the details a person copies. */
  readonly message: string;
  /** Procedure that failed, e.g. `runs.start`; empty when the call never left. */
  readonly path: string;
}

interface WireData {
  readonly code?: unknown;
  readonly path?: unknown;
  readonly app?: {
    readonly code?: unknown;
    readonly retryable?: unknown;
    readonly details?: ErrorDetails;
    readonly message?: unknown;
  } | null;
}

/** What a code of the RPC layer itself means, when no part of the core spoke. */
function codeOfRefusal(rpcCode: unknown): ErrorCode {
  if (rpcCode === "UNAUTHORIZED") return "web.session_unknown";
  return rpcCode === "BAD_REQUEST" ? "usage.invalid" : "app.bug";
}

/** True when the answer was lost with the connection, so nobody knows whether the call took place. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  return error.data === undefined || error.data === null;
}

/** Turns whatever a call threw into a failure with a code. */
export function toFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (isConnectionLoss(error)) {
    return { code: "core.unreachable", details: {}, isRetryable: true, message, path: "" };
  }
  if (error instanceof AppError) {
    const { code, details, retryable } = error.toWire();
    return { code, details, isRetryable: retryable, message, path: "" };
  }
  const data: WireData = error instanceof TRPCClientError ? ((error.data ?? {}) as WireData) : {};
  const app = data.app ?? null;
  const path = typeof data.path === "string" ? data.path : "";
  if (app !== null && isErrorCode(app.code)) {
    const said = typeof app.message === "string" ? app.message : message;
    return {
      code: app.code,
      details: app.details ?? {},
      isRetryable: app.retryable === true,
      message: said,
      path,
    };
  }
  return { code: codeOfRefusal(data.code), details: {}, isRetryable: false, message, path };
}
