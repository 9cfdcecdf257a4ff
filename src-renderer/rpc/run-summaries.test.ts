import { expect, test } from "vitest";
import type { RunId } from "#contract/ids.ts";
import type { AgentRunSummary, Run, RunState } from "#contract/run.ts";
import { withoutRunId, withRun } from "./run-summaries.ts";

function run(id: string, agent: string, state: RunState): Run {
  return { id, agent, state } as Run;
}
function summary(latest: Run, liveRunIds: readonly string[]): AgentRunSummary {
  return { agent: latest.agent, latest, liveRunIds: liveRunIds.map((id) => id as RunId) };
}

test("a new run becomes its agent's latest and counts as live until it ends", () => {
  const before = [summary(run("1", "a", "running"), ["1"])];

  const begun = withRun(before, run("2", "a", "queued"));
  const ended = withRun(begun, run("2", "a", "failed"));

  expect(begun).toEqual([summary(run("2", "a", "queued"), ["1", "2"])]);
  expect(ended).toEqual([summary(run("2", "a", "failed"), ["1"])]);
});

test("an older run that changes leaves the latest as it is", () => {
  const before = [summary(run("2", "a", "succeeded"), ["1"])];

  expect(withRun(before, run("1", "a", "stopped"))).toEqual([summary(run("2", "a", "succeeded"), [])]);
});

test("an agent that runs for the first time is added in its place", () => {
  const before = [summary(run("1", "a", "failed"), []), summary(run("2", "c", "failed"), [])];

  expect(withRun(before, run("3", "b", "running")).map(({ agent }) => agent)).toEqual(["a", "b", "c"]);
});

test("only the core can tell what is left when an agent's latest run is deleted", () => {
  const before = [summary(run("2", "a", "succeeded"), [])];

  expect(withoutRunId(before, "2" as Run["id"])).toBeNull();
  expect(withoutRunId(before, "1" as Run["id"])).toBe(before);
});
