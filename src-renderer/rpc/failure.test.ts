import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { isConnectionLoss, toFailure } from "./failure.ts";

function answered(data: unknown, message = "said"): TRPCClientError<never> {
  return new TRPCClientError(message, { result: { error: { data } as never } });
}

test("a failure of the core keeps its code, its facts and the call", () => {
  const app = { code: "agent.not_found", retryable: false, details: { agent: "x" }, message: "No agent x" };

  expect(toFailure(answered({ code: "NOT_FOUND", path: "agents.get", app }))).toEqual({
    code: "agent.not_found",
    details: { agent: "x" },
    isRetryable: false,
    message: "No agent x",
    path: "agents.get",
  });
});

test("an answer lost with the connection is told from every answer that came", () => {
  const lost = new TRPCClientError("WebSocket closed");

  expect([isConnectionLoss(lost), toFailure(lost).code]).toEqual([true, "core.unreachable"]);
  expect(isConnectionLoss(answered({ code: "BAD_REQUEST", app: null }))).toBe(false);
});

test("a refusal of the RPC layer and a code of a newer core still have a name", () => {
  const codes = [
    answered({ code: "BAD_REQUEST", app: null }),
    answered({ code: "UNAUTHORIZED", app: null }),
    answered({ code: "CONFLICT", app: { code: "from.the_future" } }),
    new Error("x is not a function"),
  ].map((error) => toFailure(error).code);

  expect(codes).toEqual(["usage.invalid", "web.session_unknown", "app.bug", "app.bug"]);
});

test("what the page itself refuses keeps its code and its facts", () => {
  const error = new AppError("start.credential_not_allowed", "no", {
    details: { agent: "ferry", credential: "shop" },
  });

  expect(toFailure(error)).toMatchObject({
    code: "start.credential_not_allowed",
    details: { agent: "ferry", credential: "shop" },
  });
});
