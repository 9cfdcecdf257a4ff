import { initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import type { RpcContext } from "./context.ts";

/** `null` means that the RPC layer itself refused the call, e.g. because no procedure has that name. */
function toAppError(error: TRPCError): AppError | null {
  if (error.cause instanceof AppError) return error.cause;
  return error.cause instanceof z.ZodError ? toUsageError(error.cause) : null;
}

function toUsageError(error: z.ZodError): AppError {
  const issue = error.issues[0];
  const argument = issue?.path.join(".") ?? "";
  const problem = issue?.message ?? "not valid";
  return new AppError("usage.invalid", `Wrong argument${argument === "" ? "" : ` ${argument}`}: ${problem}`, {
    details: { argument, problem, expected: "" },
  });
}

const t = initTRPC.context<RpcContext>().create({
  errorFormatter: ({ shape, error, ctx, path }) => {
    // A stream that breaks halfway fails after the boundary below has been left, so bugs are caught here too.
    const isBug = error.code === "INTERNAL_SERVER_ERROR" && !(error.cause instanceof AppError);
    const shown = isBug && ctx !== undefined ? bugError(ctx, error.cause ?? error, path ?? "") : error;
    const app = toAppError(shown);
    return {
      ...shape,
      message: app?.message ?? (isBug ? "Unexpected failure" : shape.message),
      // No stack leaves the core, and no path of its sources.
      data: { code: shape.data.code, path: shape.data.path ?? "", app: app?.toWire() ?? null },
    };
  },
  sse: { enabled: false },
});

/** The one place where thrown values become RPC errors. Routers never build one. */
const errorBoundary = t.middleware(async ({ ctx, next, path, type }) => {
  using _call = type === "subscription" ? null : (ctx.beginCall?.() ?? null);
  const result = await next();
  if (result.ok) return result;

  const { cause } = result.error;
  if (cause instanceof AppError) {
    throw new TRPCError({ code: ERROR_CATALOGUE[cause.code].rpc, message: cause.message, cause });
  }
  if (result.error.code === "INTERNAL_SERVER_ERROR") throw bugError(ctx, cause ?? result.error, path);
  return result;
});

/** Reports a bug and makes the error that tells the caller no more than where it is written down. */
export function bugError(ctx: RpcContext, error: unknown, path: string): TRPCError {
  const incident = ctx.reportBug(error, path);
  const bug = new AppError("app.bug", `Unexpected failure; incident ${incident}`, { details: { incident } });
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: bug.message, cause: bug });
}

export const router = t.router;
export const procedure = t.procedure.use(errorBoundary);
