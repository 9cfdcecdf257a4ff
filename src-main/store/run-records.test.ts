import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { type AgentName, agentNameSchema, type RunId, runIdSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { listRunsSchema, type RunReason } from "#contract/run.ts";
import type { NewRun } from "#main/runs/index.ts";
import { openStore } from "./store.ts";

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-runs-"));
  const store = await openStore({
    place: { folder, database: path.join(folder, "pilothouse.db") },
    clock: { nowMs: () => 1_000, monotonicMs: () => 0, after: () => ({ cancel: () => undefined }) },
    onSnapshotFailed: () => undefined,
  });
  return {
    store,
    runs: store.runs,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const collector = agentNameSchema.parse("collector");
const exited: RunReason = { code: "exited", details: { exitCode: 0 } };

function idOf(number: number): RunId {
  return runIdSchema.parse(number.toString().padStart(16, "0"));
}

function newRun(number: number, agent: AgentName = collector): NewRun {
  return {
    id: idOf(number),
    agent,
    target: THIS_COMPUTER,
    release: null,
    inputJson: "{}",
    attempt: 1,
    previousRunId: null,
    door: "cli",
    createdAtMs: 1_000 + number,
    dueAtMs: null,
    manifestJson: '{"name":"collector"}',
  };
}

const listed = (request: object) => listRunsSchema.parse(request);

test("a new run is queued and its history begins", async () => {
  await using context = await setup();

  const run = context.runs.insert(newRun(1));

  expect(run).toMatchObject({ id: idOf(1), state: "queued", health: "none", exitCode: null, limits: [] });
  expect(context.runs.find(idOf(1))).toEqual({
    run,
    ref: null,
    dueAtMs: null,
    stopIntent: null,
    manifestJson: '{"name":"collector"}',
  });
  expect(context.runs.timeline(idOf(1))).toEqual([
    { seq: 1, atMs: 1_001, kind: "state", state: "queued", reason: null, text: null },
  ]);
});

test("a change keeps the fields it does not name and records every step of state, reason and health", async () => {
  await using context = await setup();
  context.runs.insert(newRun(1));

  context.runs.change(idOf(1), { atMs: 1, state: "starting" });
  context.runs.change(idOf(1), {
    atMs: 2,
    state: "running",
    pid: 7,
    startedAtMs: 2,
    health: "waiting",
    port: 80,
  });
  context.runs.change(idOf(1), { atMs: 3, health: "healthy" });
  context.runs.change(idOf(1), { atMs: 4, stopIntent: "user-soft" });
  const run = context.runs.change(idOf(1), {
    atMs: 5,
    state: "succeeded",
    reason: exited,
    exitCode: 0,
    pid: null,
    endedAtMs: 5,
  });

  expect(run).toMatchObject({
    state: "succeeded",
    reason: exited,
    exitCode: 0,
    pid: null,
    port: 80,
    startedAtMs: 2,
  });
  expect(context.runs.find(idOf(1))?.stopIntent).toBe("user-soft");
  const steps = context.runs
    .timeline(idOf(1))
    .map((entry) => [entry.atMs, entry.kind, entry.state, entry.text]);
  expect(steps.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
    [1, "state", "starting", null],
    [2, "state", "running", null],
    [2, "health", null, "waiting"],
    [3, "health", null, "healthy"],
    [5, "state", "succeeded", null],
    [1_001, "state", "queued", null],
  ]);
});

test("a step the model does not allow changes nothing", async () => {
  await using context = await setup();
  context.runs.insert(newRun(1));

  expect(() => context.runs.change(idOf(1), { atMs: 1, state: "succeeded", exitCode: 0 })).toThrow(
    "cannot go",
  );

  expect(context.runs.find(idOf(1))?.run).toMatchObject({ state: "queued", exitCode: null });
  expect(context.runs.timeline(idOf(1))).toHaveLength(1);
});

test("the end of a run and the start of its successor are stored together or not at all", async () => {
  await using context = await setup();
  context.runs.insert(newRun(1));
  const change = { atMs: 2, state: "failed", reason: exited } as const;

  expect(() => context.runs.changeAndInsert(idOf(1), change, newRun(1))).toThrow();
  expect(context.runs.find(idOf(1))?.run.state).toBe("queued");
  const { ended, successor } = context.runs.changeAndInsert(idOf(1), change, {
    ...newRun(2),
    previousRunId: idOf(1),
    attempt: 2,
  });

  expect([ended.state, successor.state, successor.previousRunId]).toEqual(["failed", "queued", idOf(1)]);
});

test("an unknown run is named in the error", async () => {
  await using context = await setup();

  expect(() => context.runs.change(idOf(9), { atMs: 1 })).toThrow(
    expect.objectContaining({ code: "run.not_found", details: { run: idOf(9) } }),
  );
  expect(context.runs.find(idOf(9))).toBeNull();
});

test("live runs come oldest first, and the latest of an agent is its newest", async () => {
  await using context = await setup();
  for (const number of [3, 1, 2]) context.runs.insert(newRun(number));
  context.runs.change(idOf(2), { atMs: 9, state: "stopped" });

  expect(context.runs.live().map(({ run }) => run.id)).toEqual([idOf(1), idOf(3)]);
  expect(context.runs.latestOf(collector)?.id).toBe(idOf(3));
  expect(context.runs.latestOf(agentNameSchema.parse("other"))).toBeNull();
});

test("a prefix finds at most ten runs, newest first", async () => {
  await using context = await setup();
  for (let number = 1; number <= 25; number += 1) context.runs.insert(newRun(number));

  expect(context.runs.findByPrefix("00000000000000").map(({ id }) => id)).toEqual(
    Array.from({ length: 10 }, (_, index) => idOf(25 - index)),
  );
  expect(context.runs.findByPrefix("000000000000001").map(({ id }) => id)).toHaveLength(10);
  expect(context.runs.findByPrefix(idOf(7)).map(({ id }) => id)).toEqual([idOf(7)]);
});

test("pages follow each other without gap or repeat", async () => {
  await using context = await setup();
  for (let number = 1; number <= 25; number += 1) context.runs.insert(newRun(number));

  const first = context.runs.list(listed({ limit: 10 }));
  const second = context.runs.list(listed({ limit: 10, beforeId: first.runs.at(-1)?.id }));
  const third = context.runs.list(listed({ limit: 10, beforeId: second.runs.at(-1)?.id }));

  expect([...first.runs, ...second.runs, ...third.runs].map(({ id }) => id)).toEqual(
    Array.from({ length: 25 }, (_, index) => idOf(25 - index)),
  );
  expect([first, second, third].map(({ total, hasMore }) => [total, hasMore])).toEqual([
    [25, true],
    [25, true],
    [25, false],
  ]);
});

test("filters by agent, target, state, text and pin narrow the page and its total alike", async () => {
  await using context = await setup();
  const other = agentNameSchema.parse("mailer");
  context.runs.insert(newRun(1));
  context.runs.insert(newRun(2, other));
  context.runs.insert(newRun(3, other));
  context.runs.change(idOf(3), {
    atMs: 5,
    state: "stopped",
    reason: { code: "stopped-by-user", details: {} },
  });
  const idsOf = (request: object) => {
    const page = context.runs.list(listed(request));
    return [page.runs.map(({ id }) => id), page.total];
  };

  expect(idsOf({ agent: "mailer" })).toEqual([[idOf(3), idOf(2)], 2]);
  expect(idsOf({ agent: "mailer", states: ["queued"] })).toEqual([[idOf(2)], 1]);
  expect(idsOf({ states: ["stopped", "failed"] })).toEqual([[idOf(3)], 1]);
  expect(idsOf({ states: [] })).toEqual([[], 0]);
  expect(idsOf({ target: "elsewhere" })).toEqual([[], 0]);
  expect(idsOf({ search: "BY-USER" })).toEqual([[idOf(3)], 1]);
  expect(idsOf({ search: "lect" })).toEqual([[idOf(1)], 1]);
  expect(idsOf({ search: "%" })).toEqual([[], 0]);
  expect(idsOf({ search: "02" })).toEqual([[idOf(2)], 1]);
  expect(idsOf({ isPinned: true })).toEqual([[], 0]);
  for (const [number, isPinned] of [
    [1, true],
    [2, false],
    [3, true],
  ] as const) {
    context.store.logs.setMarks(idOf(number), { isPinned, encoding: null });
  }
  expect(idsOf({ isPinned: true })).toEqual([[idOf(3), idOf(1)], 2]);
  expect(idsOf({ isPinned: true, agent: "mailer" })).toEqual([[idOf(3)], 1]);
});

test("only a finished run can be forgotten, with its history and screenshots", async () => {
  await using context = await setup();
  context.runs.insert(newRun(1));
  context.runs.insert(newRun(2));

  expect(() => context.runs.remove(idOf(1))).toThrow("cannot be forgotten");
  context.runs.change(idOf(1), { atMs: 5, state: "failed" });
  context.runs.remove(idOf(1));

  expect(context.runs.find(idOf(1))).toBeNull();
  expect(context.runs.timeline(idOf(1))).toEqual([]);
  expect(context.runs.find(idOf(2))?.manifestJson).toBe('{"name":"collector"}');
});

test("every agent that ran is summed up by its latest run and the live ones", async () => {
  await using context = await setup();
  const { runs } = context;
  const other = agentNameSchema.parse("other");
  for (const number of [1, 2, 3]) runs.insert(newRun(number));
  runs.insert(newRun(4, other));
  for (const number of [2, 4]) runs.change(idOf(number), { atMs: 5, state: "stopped", endedAtMs: 5 });

  const summaries = runs.summaries().map(({ agent, latest, liveRunIds }) => ({
    agent,
    latest: latest.id,
    live: liveRunIds.toSorted(),
  }));

  expect(summaries).toEqual([
    { agent: collector, latest: idOf(3), live: [idOf(1), idOf(3)] },
    { agent: other, latest: idOf(4), live: [] },
  ]);
});

test("before anything ran there is nothing to sum up", async () => {
  await using context = await setup();

  expect(context.runs.summaries()).toEqual([]);
});

test("a remark keeps its code and facts beside its text", async () => {
  await using context = await setup();
  context.runs.insert(newRun(1));

  context.runs.addNote(idOf(1), {
    atMs: 2_000,
    kind: "note",
    text: "The log could not be written: no space",
    note: { code: "log-not-written", details: { problem: "no space" } },
  });

  expect(context.runs.timeline(idOf(1)).at(-1)).toMatchObject({
    kind: "note",
    reason: null,
    text: "The log could not be written: no space",
    note: { code: "log-not-written", details: { problem: "no space" } },
  });
});
