import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RestartPlan } from "./manifest/class-defaults.ts";
import { type EndOfAttempt, nextAttempt } from "./restart-policy.ts";

const onFailure: RestartPlan = { when: "on-failure", max: 3, backoffMinMs: 1_000, backoffMaxMs: 5_000 };
const failed: EndOfAttempt = {
  state: "failed",
  reason: { code: "exited", details: { exitCode: 1 } },
  attempt: 1,
  livedMs: 10,
  canRetry: true,
};

describe("nextAttempt", () => {
  test("the wait doubles up to the longest, and the attempts end at the maximum", () => {
    const plans = [1, 2, 3, 4].map((attempt) =>
      nextAttempt({ ...onFailure, max: 3 }, { ...failed, attempt }, 0),
    );

    expect(plans).toEqual([
      { attempt: 2, delayMs: 1_000 },
      { attempt: 3, delayMs: 2_000 },
      { attempt: 4, delayMs: 4_000 },
      null,
    ]);
  });

  test("the wait never passes the longest, however many attempts there were", () => {
    expect(nextAttempt({ ...onFailure, max: null }, { ...failed, attempt: 5_000 }, 0)?.delayMs).toBe(5_000);
  });

  test("a back-off written the wrong way round waits its first duration", () => {
    const policy = { ...onFailure, backoffMinMs: 9_000, backoffMaxMs: 1_000 };

    expect(nextAttempt(policy, failed, 0)?.delayMs).toBe(9_000);
  });

  test("jitter shortens the wait by at most half", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999_999, noNaN: true }), (jitter) => {
        const delayMs = nextAttempt(onFailure, failed, jitter)?.delayMs ?? -1;
        expect(delayMs).toBeGreaterThanOrEqual(500);
        expect(delayMs).toBeLessThanOrEqual(1_000);
      }),
    );
  });

  test("a run that lived long begins a new row of attempts", () => {
    expect(nextAttempt(onFailure, { ...failed, attempt: 4, livedMs: 60_000 }, 0)).toEqual({
      attempt: 2,
      delayMs: 1_000,
    });
    expect(nextAttempt(onFailure, { ...failed, attempt: 4, livedMs: 59_999 }, 0)).toBeNull();
  });

  test.each([
    ["never", "failed", "exited", true, false],
    ["on-failure", "succeeded", "exited", true, false],
    ["always", "succeeded", "exited", true, true],
    ["always", "failed", "exited", true, true],
    ["always", "stopped", "stopped-by-user", true, false],
    ["always", "killed", "killed-by-user", true, false],
    ["on-failure", "failed", "start-failed", false, false],
    ["on-failure", "failed", "survivors", true, false],
    ["on-failure", "lost", "supervisor-gone", true, false],
    ["on-failure", "lost", "host-restarted", true, true],
  ] as const)("%s after %s (%s, retry %s) restarts: %s", (...row) => {
    const [when, state, code, canRetry, isRestarted] = row;

    const next = nextAttempt(
      { ...onFailure, when },
      { ...failed, state, canRetry, reason: { code, details: {} } },
      0,
    );

    expect(next !== null).toBe(isRestarted);
  });
});
