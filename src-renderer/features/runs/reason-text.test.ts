import { describe, expect, test } from "vitest";
import { RUN_REASONS, type RunReason } from "#contract/run.ts";
import { createI18n } from "../../locales/i18n.ts";
import { createFormat } from "../../ui/format.ts";
import { reasonText } from "./reason-text.ts";

const DETAILS: Record<RunReason["code"], RunReason["details"]> = {
  exited: { exitCode: 3 },
  signalled: { signal: "SIGSEGV" },
  "out-of-memory": { limitBytes: 268_435_456 },
  "stopped-by-user": {},
  "killed-by-user": {},
  "killed-after-grace": { graceMs: 10_000 },
  survivors: { pids: "41, 42" },
  "time-limit": { timeoutMs: 900_000 },
  unhealthy: { failures: 3, problem: "connection refused" },
  "start-failed": {
    code: "start.command_not_found",
    problem: "no such file",
    command: "pyhton",
    searched: "/usr/bin",
  },
  "waiting-to-restart": { atMs: 1_767_323_045_000 },
  "supervisor-gone": {},
  "host-restarted": {},
  "core-gone-while-starting": {},
  preparing: { step: "pip install" },
  "vault-unavailable": { store: "passphrase", state: "locked", credential: "shop" },
};

describe.each(["en", "ru"] as const)("in %s", (language) => {
  const words = {
    t: createI18n(language).getFixedT(language, "runs"),
    format: createFormat(language),
    language,
  };

  test.each(RUN_REASONS)("%s is a sentence with its facts in place", (code) => {
    const text = reasonText({ code, details: DETAILS[code] }, words);

    expect(text).not.toMatch(/\{\{|\}\}|reason\.|undefined|NaN/);
    expect(text).toMatch(/[.!?]$/);
    for (const fact of ["exitCode", "signal", "pids", "problem", "step", "command"]) {
      const value = DETAILS[code][fact];
      if (value !== undefined && code !== "start-failed") expect(text).toContain(String(value));
    }
  });

  test("a start that failed says it in the words of the failure", () => {
    expect(reasonText({ code: "start-failed", details: DETAILS["start-failed"] }, words)).toContain("pyhton");
  });

  test("a start that failed with a code of another version still says its problem", () => {
    const reason: RunReason = { code: "start-failed", details: { code: "moon.full", problem: "howling" } };

    expect(reasonText(reason, words)).toContain("howling");
  });

  test("reasons without their details do not break the page", () => {
    for (const code of RUN_REASONS) expect(reasonText({ code, details: {} }, words)).not.toBe("");
  });
});

test("Russian counts health checks in its three forms", () => {
  const words = {
    t: createI18n("ru").getFixedT("ru", "runs"),
    format: createFormat("ru"),
    language: "ru",
  } as const;
  const said = [1, 3, 5].map((failures) =>
    reasonText({ code: "unhealthy", details: { failures, problem: "x" } }, words),
  );

  expect(said).toEqual([
    expect.stringContaining("1 раз "),
    expect.stringContaining("3 раза "),
    expect.stringContaining("5 раз "),
  ]);
});
