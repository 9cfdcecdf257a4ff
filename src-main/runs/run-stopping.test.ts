import { describe, expect, test } from "vitest";
import { settle } from "#tests/helpers/fake-clock.ts";
import { createHarness } from "#tests/helpers/run-harness.ts";

describe("a stop", () => {
  test("that the run obeys ends as stopped, whatever its exit says", async () => {
    await using harness = await createHarness();
    harness.agents.add({ restart: { when: "always" } });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();

    await harness.supervisor.stop({ runId: id, isForced: false });
    await settle();

    expect(harness.history(id)).toEqual([
      "queued",
      "starting",
      "running",
      "stopping",
      "stopped/stopped-by-user",
    ]);
    expect(harness.store.runs.live()).toEqual([]);
  });

  test("that the run ignores ends as killed after the grace time", async () => {
    await using harness = await createHarness();
    harness.agents.add({ stop: { grace: "3s" } });
    harness.driver.script({ exit: null, ignoresSoftStop: true });
    const { id } = await harness.start();
    await harness.supervisor.stop({ runId: id, isForced: false });

    await harness.clock.pass(2_999);
    expect(harness.run(id).state).toBe("stopping");
    await harness.clock.pass(1);

    expect(harness.run(id)).toMatchObject({
      state: "killed",
      reason: { code: "killed-after-grace", details: { graceMs: 3_000 } },
    });
  });

  test("becomes a kill when it is forced afterwards", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null, ignoresSoftStop: true });
    const { id } = await harness.start();
    await harness.supervisor.stop({ runId: id, isForced: false });
    await harness.supervisor.stop({ runId: id, isForced: true });
    await settle();

    expect(harness.driver.run(id).stops).toEqual(["soft", "hard"]);
    expect(harness.run(id)).toMatchObject({ state: "killed", reason: { code: "killed-by-user" } });
  });

  test("that was forced is not taken back by a patient one", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null, survivors: [41] });
    const { id } = await harness.start();
    await harness.supervisor.stop({ runId: id, isForced: true });
    await harness.supervisor.stop({ runId: id, isForced: false });
    await settle();

    expect(harness.driver.run(id).stops).toEqual(["hard"]);
    expect(harness.store.runs.find(id)?.stopIntent).toBe("user-hard");
  });

  test("that leaves processes alive says which", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null, survivors: [41, 42] });
    const { id } = await harness.start();
    await harness.supervisor.stop({ runId: id, isForced: true });

    await harness.clock.pass(2_000);

    expect(harness.run(id)).toMatchObject({
      state: "killed",
      reason: { code: "survivors", details: { pids: "41, 42" } },
    });
    expect(harness.logs.isSealed(id)).toBe(true);
  });

  test("of a run that is being prepared works at once and starts nothing", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ holdsPrepare: true });
    const { id } = await harness.start();
    expect(harness.run(id).state).toBe("starting");

    await harness.supervisor.stop({ runId: id, isForced: false });
    await settle();

    expect(harness.run(id)).toMatchObject({ state: "stopped", reason: { code: "stopped-by-user" } });
    expect(harness.driver.started).toEqual([]);
  });

  test("of a queued run works at once", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.scriptFor("work", { holdsPrepare: true });
    for (let count = 0; count < 8; count += 1) await harness.start();
    const { id } = await harness.start();

    const stopped = await harness.supervisor.stop({ runId: id, isForced: true });
    await settle();

    expect(stopped).toMatchObject({ state: "killed", reason: { code: "killed-by-user" } });
    expect(harness.logs.isSealed(id)).toBe(true);
  });

  test("of an ended run is refused", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    const { id } = await harness.start();

    await expect(harness.supervisor.stop({ runId: id, isForced: false })).rejects.toMatchObject({
      code: "run.already_finished",
      details: { run: id, state: "succeeded" },
    });
  });

  test("is gone on with by the next core", async () => {
    await using harness = await createHarness();
    harness.agents.add({ stop: { grace: "3s" } });
    harness.driver.script({ exit: null, ignoresSoftStop: true });
    const { id } = await harness.start();
    await harness.supervisor.stop({ runId: id, isForced: false });

    await harness.restart({ isKilled: true });
    await harness.clock.pass(3_000);

    expect(harness.run(id)).toMatchObject({ state: "killed", reason: { code: "killed-after-grace" } });
  });
});

describe("the time limit", () => {
  test("stops the run, which counts as a failure", async () => {
    await using harness = await createHarness();
    harness.agents.add({ limits: { timeout: "15m" } });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();

    await harness.clock.pass(15 * 60_000);

    expect(harness.run(id)).toMatchObject({
      state: "failed",
      reason: { code: "time-limit", details: { timeoutMs: 900_000 } },
    });
  });

  test("is not moved by a clock that jumps", async () => {
    await using harness = await createHarness();
    harness.agents.add({ limits: { timeout: "15m" } });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();

    harness.clock.jump(10 * 365 * 86_400_000);
    await harness.clock.pass(15 * 60_000 - 1);
    expect(harness.run(id).state).toBe("running");
    harness.clock.jump(-20 * 365 * 86_400_000);
    await harness.clock.pass(1);

    expect(harness.run(id).reason?.code).toBe("time-limit");
  });

  test("counts the time before a restart of the core", async () => {
    await using harness = await createHarness();
    harness.agents.add({ limits: { timeout: "15m" } });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    await harness.clock.pass(10 * 60_000);

    await harness.restart();
    await harness.clock.pass(5 * 60_000);

    expect(harness.run(id).reason?.code).toBe("time-limit");
  });
});

describe("the restart policy", () => {
  test("starts the next attempt after a growing wait, until the last", async () => {
    await using harness = await createHarness();
    harness.agents.add({ restart: { when: "on-failure", max: 2, backoff: "1s..10s" } });
    harness.driver.scriptFor("work", { exit: { exitCode: 1 } });

    const first = await harness.start();
    expect(harness.store.runs.live()).toMatchObject([
      {
        run: {
          state: "queued",
          attempt: 2,
          reason: { code: "waiting-to-restart", details: { atMs: harness.clock.nowMs() + 1_000 } },
        },
      },
    ]);
    await harness.clock.pass(1_000);
    await harness.clock.pass(2_000);

    const page = harness.supervisor.list({ limit: 10 });
    expect(page.runs.map(({ attempt, state }) => `${attempt} ${state}`)).toEqual([
      "3 failed",
      "2 failed",
      "1 failed",
    ]);
    expect(page.runs[1]?.previousRunId).toBe(first.id);
    expect(harness.store.runs.live()).toEqual([]);
  });

  test("decides about the next attempt in the same transaction as about the end", async () => {
    await using harness = await createHarness();
    const { runs } = harness.store;
    const insert: typeof runs.insert = (run) => {
      if (run.previousRunId !== null) throw new Error("a successor is stored on its own");
      return runs.insert(run);
    };
    const records = new Proxy(runs, {
      get: (target, key) => {
        const value: unknown = key === "insert" ? insert : Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await harness.restart({ records });
    harness.agents.add({ restart: { when: "always", backoff: "1s..2s" } });

    const { id } = await harness.start();

    expect(harness.supervisor.resolve("@worker")).toMatchObject({ previousRunId: id, attempt: 2 });
    expect(harness.written).toEqual([]);
  });

  test("ends when a person stops the waiting attempt", async () => {
    await using harness = await createHarness();
    harness.agents.add({ restart: { when: "always", backoff: "10s..20s" } });
    await harness.start();
    const waiting = harness.supervisor.resolve("@worker");

    const stopped = await harness.supervisor.stop({ runId: waiting.id, isForced: false });
    await harness.clock.pass(60_000);

    expect(stopped).toMatchObject({ state: "stopped", reason: { code: "stopped-by-user" } });
    expect(harness.driver.started).toHaveLength(1);
  });

  test("keeps the waiting attempt over a restart of the core", async () => {
    await using harness = await createHarness();
    harness.agents.add({ restart: { when: "always", backoff: "10s..20s" } });
    await harness.start();
    await harness.clock.pass(4_000);

    await harness.restart();
    await harness.clock.pass(5_999);
    expect(harness.driver.started).toHaveLength(1);
    await harness.clock.pass(1);

    expect(harness.driver.started).toHaveLength(2);
  });
});
