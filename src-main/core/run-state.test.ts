import { expect, test } from "vitest";
import { FINAL_RUN_STATES, isFinal, RUN_STATES } from "#contract/run.ts";
import { canStep, mayHaveProcess } from "./run-state.ts";

test("every state leads exactly where the model says", () => {
  const table = Object.fromEntries(
    RUN_STATES.map((from) => [from, RUN_STATES.filter((to) => to !== from && canStep(from, to))]),
  );

  expect(table).toEqual({
    queued: ["starting", "needs-attention", "failed", "stopped", "killed"],
    starting: ["queued", "running", "stopping", "needs-attention", "failed", "stopped", "killed", "lost"],
    running: ["stopping", "disconnected", "succeeded", "failed", "stopped", "killed", "lost"],
    stopping: ["disconnected", "succeeded", "failed", "stopped", "killed", "lost"],
    disconnected: ["running", "stopping", "succeeded", "failed", "stopped", "killed", "lost"],
    "needs-attention": ["queued", "starting", "failed", "stopped"],
    succeeded: [],
    failed: [],
    stopped: [],
    killed: [],
    lost: [],
  });
});

test("a run may stay where it is", () => {
  expect(RUN_STATES.filter((state) => !canStep(state, state))).toEqual([]);
});

test("every state that is not final leads to an end", () => {
  const live = RUN_STATES.filter((state) => !isFinal(state));

  expect(live.filter((state) => !FINAL_RUN_STATES.some((end) => canStep(state, end)))).toEqual([]);
});

test("a process can only be where one was started", () => {
  expect(RUN_STATES.filter(mayHaveProcess)).toEqual(["starting", "running", "stopping", "disconnected"]);
});
