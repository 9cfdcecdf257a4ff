import { expect, test } from "vitest";
import type { RunState, TimelineEntry } from "#contract/run.ts";
import { stateSpans } from "./state-spans.ts";

function entry(seq: number, atMs: number, state: RunState | null): TimelineEntry {
  return { seq, atMs, kind: state === null ? "health" : "state", state, reason: null, text: null };
}

test("each state lasts until the next", () => {
  const entries = [
    entry(1, 0, "queued"),
    entry(2, 10, "starting"),
    entry(3, 30, "running"),
    entry(4, 90, "failed"),
  ];

  expect(stateSpans(entries, 90)).toEqual([
    { state: "queued", fromMs: 0, toMs: 10 },
    { state: "starting", fromMs: 10, toMs: 30 },
    { state: "running", fromMs: 30, toMs: 90 },
  ]);
});

test("the present state goes on until now", () => {
  expect(stateSpans([entry(1, 5, "running")], 50)).toEqual([{ state: "running", fromMs: 5, toMs: 50 }]);
});

test("other steps and repeated states do not cut a stretch", () => {
  const entries = [entry(1, 0, "running"), entry(2, 5, null), entry(3, 8, "running")];

  expect(stateSpans(entries, 20)).toEqual([{ state: "running", fromMs: 0, toMs: 20 }]);
});

test("a clock that was set back gives no stretch of negative length", () => {
  const spans = stateSpans([entry(1, 100, "queued"), entry(2, 40, "running")], 130);

  expect(spans).toEqual([{ state: "running", fromMs: 100, toMs: 130 }]);
});
