import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Agent } from "#contract/agent.ts";
import { agentNameSchema, runIdSchema, THIS_COMPUTER } from "#contract/ids.ts";
import type { Run, RunPage, RunState } from "#contract/run.ts";
import { applyBatch, applyEvent, patchRunPage } from "./cache-patches.ts";
import { keys } from "./query-keys.ts";

const counter = agentNameSchema.parse("counter");

function run(order: number, state: RunState = "running"): Run {
  return {
    id: runIdSchema.parse(`0000000${String(order).padStart(2, "0")}abcdefg`),
    agent: counter,
    release: null,
    target: THIS_COMPUTER,
    state,
    reason: null,
    exitCode: null,
    health: "none",
    attempt: 1,
    previousRunId: null,
    door: "window",
    inputJson: "{}",
    createdAtMs: order,
    startedAtMs: null,
    endedAtMs: null,
    pid: null,
    port: null,
    limits: [],
  };
}
function page(runs: readonly Run[], hasMore = false): RunPage {
  return { runs, total: hasMore ? 100 : runs.length, hasMore };
}
const ids = (value: RunPage) => value.runs.map(({ createdAtMs, state }) => `${createdAtMs} ${state}`);

test("a new run takes its place by age and raises the total", () => {
  const patched = patchRunPage(page([run(5), run(3)]), run(4), {});

  expect(ids(patched)).toEqual(["5 running", "4 running", "3 running"]);
  expect(patched.total).toBe(3);
});

test("a run that no longer fits the filter leaves the list, one that fits now comes in", () => {
  const failures = { states: ["failed"] as RunState[] };
  const listed = page([run(5, "failed")]);

  expect(ids(patchRunPage(listed, run(5, "running"), failures))).toEqual([]);
  expect(ids(patchRunPage(listed, run(4, "failed"), failures))).toEqual(["5 failed", "4 failed"]);
  expect(patchRunPage(listed, run(4, "running"), failures)).toBe(listed);
});

test("a full page keeps its length, and a run older than it stays off it", () => {
  const full = page([run(9), run(8)], true);

  expect(ids(patchRunPage(full, run(10), { limit: 2 }))).toEqual(["10 running", "9 running"]);
  expect(patchRunPage(full, run(2), { limit: 2 })).toBe(full);
});

test("a list found by text takes changes of its rows and leaves new rows to the core", () => {
  const found = page([run(5)]);

  expect(ids(patchRunPage(found, run(5, "failed"), { search: "cou" }))).toEqual(["5 failed"]);
  expect(patchRunPage(found, run(6), { search: "cou" })).toBe(found);
});

test("one event reaches the run itself and every list it stands in", () => {
  const cache = new QueryClient();
  cache.setQueryData(keys.runList({}), page([run(5)]));
  cache.setQueryData(keys.runList({ agent: counter }), page([run(5)]));
  cache.setQueryData(keys.runList({ states: ["running"] }), page([run(5)]));

  applyEvent(cache, { type: "run.changed", run: run(5, "succeeded") });

  const lists = [{}, { agent: counter }, { states: ["running"] as RunState[] }].map((filter) =>
    ids(cache.getQueryData<RunPage>(keys.runList(filter)) ?? page([])),
  );
  expect(lists).toEqual([["5 succeeded"], ["5 succeeded"], []]);
  expect(cache.getQueryData<Run>(keys.run(run(5).id))?.state).toBe("succeeded");
});

test("an older picture of an agent never replaces a newer one", () => {
  const cache = new QueryClient();
  const agent = { name: counter, revision: 7, isAutostart: true } as Agent;
  cache.setQueryData(keys.agent(counter), agent);

  applyEvent(cache, { type: "agent.changed", agent: { ...agent, revision: 6, isAutostart: false } });

  expect(cache.getQueryData<Agent>(keys.agent(counter))?.isAutostart).toBe(true);
});

test("reset marks everything as old", () => {
  const cache = new QueryClient();
  cache.setQueryData(keys.agentList, []);
  cache.setQueryData(keys.runList({}), page([]));

  applyBatch(cache, { kind: "reset" });

  const isOld = [keys.agentList, keys.runList({})].map((key) => cache.getQueryState(key)?.isInvalidated);
  expect(isOld).toEqual([true, true]);
});

test("a log that somebody marked is asked for again, and with it what depends on marks", () => {
  const cache = new QueryClient();
  const { id } = run(4);
  const queried = [keys.logStats(id), keys.pinnedLogs, keys.runList({ isPinned: true }), keys.runList({})];
  for (const key of [...queried, keys.logStats(run(5).id)]) cache.setQueryData(key, page([]));

  applyEvent(cache, { type: "log.marked", runId: id });

  const stale = [...queried, keys.logStats(run(5).id)].map((key) => cache.getQueryState(key)?.isInvalidated);
  expect(stale).toEqual([true, true, true, false, false]);
});
