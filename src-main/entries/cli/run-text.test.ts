import { describe, expect, test } from "vitest";
import { RUN_REASONS, type RunReason } from "#contract/run.ts";
import { agoText, reasonText, startAdvice } from "./run-text.ts";

describe("why a run is in its state", () => {
  test("every reason has a sentence, even one whose details are missing", () => {
    const sentences = RUN_REASONS.map((code) => reasonText({ code, details: {} }));

    expect(sentences.filter((sentence) => !/^[A-Z].{8,}/.test(sentence ?? ""))).toEqual([]);
  });

  test.each<[RunReason, string]>([
    [{ code: "exited", details: { exitCode: 3 } }, "Ended by itself with exit code 3."],
    [
      { code: "out-of-memory", details: { limitBytes: 268_435_456 } },
      "Ended by the system at its memory limit of 256 MiB.",
    ],
    [{ code: "time-limit", details: { timeoutMs: 900_000 } }, "Stopped at its time limit of 15 m."],
    [
      { code: "waiting-to-restart", details: { atMs: 0 } },
      "Starts again at 1970-01-01T00:00:00.000Z by its restart policy.",
    ],
    [
      { code: "start-failed", details: { code: "start.refused", problem: "no\u001b[2J way" } },
      "Could not be started: no␛[2J way",
    ],
  ])("%j", (reason, sentence) => {
    expect(reasonText(reason)).toBe(sentence);
  });
});

test("a run that was refused its credential says how to allow it, and other ends say nothing", () => {
  const details = {
    code: "start.credential_not_allowed",
    agent: "worker",
    credential: "shop",
    problem: "no",
  };

  expect(startAdvice({ code: "start-failed", details })).toBe("pilothouse run worker --allow shop");
  expect(startAdvice({ code: "start-failed", details: { code: "ENOENT" } })).toBe("");
  expect(startAdvice({ code: "exited", details })).toBe("");
  expect(startAdvice(null)).toBe("");
});

test.each([
  [999, "just now"],
  [-5_000, "just now"],
  [59_999, "59 s ago"],
  [3_599_000, "59 m ago"],
  [2 * 86_400_000 + 5_000, "2 d ago"],
  [40 * 86_400_000, "2023-10-05"],
])("%d ms ago is %s", (agoMs, text) => {
  const nowMs = Date.parse("2023-11-14T00:00:00Z");

  expect(agoText(nowMs - agoMs, nowMs)).toBe(text);
});
