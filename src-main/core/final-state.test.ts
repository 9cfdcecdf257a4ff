import { expect, test } from "vitest";
import { type EndedRun, finalState } from "./final-state.ts";

const ended: EndedRun = {
  intent: null,
  exit: { exitCode: 0, signal: null, cause: "ended" },
  stop: null,
  graceMs: 10_000,
  timeoutMs: null,
  memoryLimitBytes: null,
  unhealthy: null,
};
const gone = { isGone: true, wasKilled: false, survivors: [] };
const killed = { isGone: true, wasKilled: true, survivors: [] };
const nobodyKnows = { exitCode: null, signal: null, cause: "unknown" } as const;
const sigkill = { exitCode: null, signal: "SIGKILL", cause: "ended" } as const;

const cases: readonly [string, Partial<EndedRun>, string, string, Record<string, unknown>][] = [
  ["exit code 0", {}, "succeeded", "exited", { exitCode: 0 }],
  [
    "exit code 3",
    { exit: { exitCode: 3, signal: null, cause: "ended" } },
    "failed",
    "exited",
    { exitCode: 3 },
  ],
  ["no exit code", { exit: { exitCode: null, signal: null, cause: "ended" } }, "failed", "exited", {}],
  ["a foreign signal", { exit: sigkill }, "failed", "signalled", { signal: "SIGKILL" }],
  [
    "out of memory",
    { exit: { ...sigkill, cause: "out-of-memory" }, memoryLimitBytes: 5 },
    "failed",
    "out-of-memory",
    { limitBytes: 5 },
  ],
  [
    "out of memory without a limit",
    { exit: { ...sigkill, cause: "out-of-memory" } },
    "failed",
    "out-of-memory",
    { limitBytes: 0 },
  ],
  ["nobody knows", { exit: nobodyKnows }, "lost", "supervisor-gone", {}],
  ["host restarted", { exit: { ...nobodyKnows, cause: "host-restarted" } }, "lost", "host-restarted", {}],
  ["soft stop obeyed", { intent: "user-soft", stop: gone }, "stopped", "stopped-by-user", {}],
  [
    "soft stop with exit code 1",
    { intent: "user-soft", stop: gone, exit: { exitCode: 1, signal: null, cause: "ended" } },
    "stopped",
    "stopped-by-user",
    {},
  ],
  [
    "soft stop ignored",
    { intent: "user-soft", stop: killed },
    "killed",
    "killed-after-grace",
    { graceMs: 10_000 },
  ],
  ["soft stop, answer lost, obeyed", { intent: "user-soft" }, "stopped", "stopped-by-user", {}],
  [
    "soft stop, answer lost, killed",
    { intent: "user-soft", exit: sigkill },
    "killed",
    "killed-after-grace",
    { graceMs: 10_000 },
  ],
  ["soft stop, nobody knows", { intent: "user-soft", exit: nobodyKnows }, "lost", "supervisor-gone", {}],
  [
    "soft stop seen gone",
    { intent: "user-soft", exit: nobodyKnows, stop: gone },
    "stopped",
    "stopped-by-user",
    {},
  ],
  ["hard stop", { intent: "user-hard", stop: killed, exit: sigkill }, "killed", "killed-by-user", {}],
  [
    "survivors of a user's stop",
    { intent: "user-hard", stop: { ...gone, survivors: [7, 8] } },
    "killed",
    "survivors",
    { pids: "7, 8" },
  ],
  [
    "survivors of a soft stop",
    { intent: "user-soft", stop: { ...gone, survivors: [7] } },
    "killed",
    "survivors",
    { pids: "7" },
  ],
  [
    "survivors of a time limit",
    { intent: "time-limit", stop: { ...gone, survivors: [7] } },
    "failed",
    "survivors",
    { pids: "7" },
  ],
  ["time limit", { intent: "time-limit", timeoutMs: 9 }, "failed", "time-limit", { timeoutMs: 9 }],
  ["time limit forgotten", { intent: "time-limit" }, "failed", "time-limit", { timeoutMs: 0 }],
  [
    "unhealthy",
    { intent: "unhealthy", unhealthy: { failures: 3, problem: "refused" } },
    "failed",
    "unhealthy",
    { failures: 3, problem: "refused" },
  ],
  [
    "unhealthy, answers forgotten",
    { intent: "unhealthy" },
    "failed",
    "unhealthy",
    { failures: 0, problem: "" },
  ],
];

test.each(cases)("%s", (...row) => {
  const [, change, state, code, details] = row;

  expect(finalState({ ...ended, ...change })).toEqual({ state, reason: { code, details } });
});
