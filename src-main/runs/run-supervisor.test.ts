import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import type { Manifest } from "#contract/manifest.ts";
import { settle } from "#tests/helpers/fake-clock.ts";
import { createHarness } from "#tests/helpers/run-harness.ts";

describe("a run that goes well", () => {
  test("is stored before it is started, tells every step, and keeps every byte", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ output: ["one\n", "two\n"], exit: { exitCode: 0 } });

    const run = await harness.start();

    expect(run).toMatchObject({ state: "queued", attempt: 1, door: "cli", previousRunId: null });
    expect(harness.history(run.id)).toEqual(["queued", "starting", "running", "succeeded/exited"]);
    expect(harness.run(run.id)).toMatchObject({ exitCode: 0, endedAtMs: harness.clock.nowMs(), pid: 1001 });
    expect(harness.logs.text(run.id)).toBe("one\ntwo\n");
    expect(harness.logs.isSealed(run.id)).toBe(true);
  });

  test("acknowledges output within a second while it goes on", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ output: ["one\n"], exit: null });
    const { id } = await harness.start();

    await harness.clock.pass(1_000);

    expect(harness.driver.run(id).acknowledged).toEqual(["1:1"]);
  });

  test("ended when its target saw it end, not when this core heard of it", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    const seenEndMs = harness.clock.nowMs() + 1_000;
    await harness.clock.pass(60_000);

    harness.driver.run(id).finish({ exitCode: 0, atMs: seenEndMs });
    await settle();

    expect(harness.run(id)).toMatchObject({ state: "succeeded", endedAtMs: seenEndMs });
  });

  test("gets its port in command, environment and spec", async () => {
    await using harness = await createHarness();
    harness.agents.add({ runtimes: { process: { command: ["serve", "{port}"] } }, env: { AT: ":{port}" } });
    harness.driver.script({ exit: null });

    const { id } = await harness.start();
    // The port comes from the system, which answers outside the test's own turns.
    await expect.poll(() => harness.run(id).state).toBe("running");

    const { spec } = harness.driver.run(id);
    expect(spec.port).toBeGreaterThan(0);
    expect(spec.command).toEqual(["serve", `${spec.port}`]);
    expect(spec.env).toEqual({ AT: `:${spec.port}` });
    expect(harness.run(id).port).toBe(spec.port);
  });
});

describe("a start that comes to nothing", () => {
  test("is refused before it is stored when the target cannot run the agent", async () => {
    await using harness = await createHarness();
    harness.agents.add({ runtimes: { container: { image: "x" } } });

    await expect(harness.start()).rejects.toMatchObject({
      code: "target.runtime_mismatch",
      details: { needs: "process", has: "container" },
    });
    expect(harness.store.runs.live()).toEqual([]);
  });

  test.each([
    [{ isPresent: false }, "folder.unreadable"],
    [
      {
        problems: [
          {
            file: "agent.yaml",
            line: 2,
            column: 1,
            key: "x",
            problem: "no",
            expected: "",
            fault: { code: "unknown-key" as const, details: { key: "x", place: "" } },
          },
        ],
      },
      "manifest.invalid",
    ],
  ])("is refused while the agent is not fit: %j", async (agent, code) => {
    await using harness = await createHarness();
    harness.agents.add({}, agent);

    await expect(harness.start()).rejects.toMatchObject({ code });
  });

  test.each([
    [{ credentials: [{ name: "shop", env: { user: "U" } }] }, "start.credential_unavailable", "credential"],
    [{ variables: ["BASE_URL"] }, "start.variable_missing", "variable"],
  ] satisfies [Partial<Manifest>, string, string][])(
    "says that it needs a value which is not there: %j",
    async (manifest, code, detail) => {
      await using harness = await createHarness();
      harness.agents.add(manifest);

      const { id } = await harness.start();

      expect(harness.run(id)).toMatchObject({
        state: "failed",
        startedAtMs: null,
        reason: { code: "start-failed", details: { code, [detail]: expect.any(String) } },
      });
      expect(harness.driver.calls).toEqual([]);
      expect(harness.logs.isSealed(id)).toBe(true);
    },
  );

  test("keeps the code, the problem and the details of the driver, and is not restarted when it is no use", async () => {
    await using harness = await createHarness();
    harness.agents.add({ restart: { when: "always" } });
    const details = { command: "work", searched: "/usr/bin" };
    harness.driver.script({
      startError: new AppError("start.command_not_found", "No work here", { details }),
    });

    const { id } = await harness.start();

    expect(harness.run(id).reason).toEqual({
      code: "start-failed",
      details: { ...details, code: "start.command_not_found", problem: "No work here" },
    });
    expect(harness.store.runs.live()).toEqual([]);
  });

  test("is tried again when another time may help", async () => {
    await using harness = await createHarness();
    harness.agents.add({ restart: { when: "on-failure", backoff: "5s..1m" } });
    harness.driver.script({ startError: new AppError("start.refused", "busy") });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();

    await harness.clock.pass(5_000);

    expect(harness.store.runs.live()).toMatchObject([
      { run: { state: "running", attempt: 2, previousRunId: id, door: "restart-policy" } },
    ]);
  });

  test("is a bug, with an incident, when nobody foresaw it", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.agents.prepareError = new TypeError("undefined is not a function");

    const { id } = await harness.start();

    expect(harness.run(id).reason?.details).toMatchObject({ code: "app.bug", incident: "incident" });
    expect(harness.written).toEqual(["bug: undefined is not a function"]);
  });

  test("whose answer was lost is looked up, never repeated", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({
      lostAnswer: new AppError("target.unreachable", "gone"),
      output: ["hello\n"],
      exit: null,
    });

    const { id } = await harness.start();
    harness.driver.run(id).finish();
    await settle();

    expect(harness.driver.calls.filter((call) => call === `start ${id}`)).toHaveLength(1);
    expect(harness.run(id).state).toBe("succeeded");
    expect(harness.logs.text(id)).toBe("hello\n");
  });

  test("does not hold more than eight starts at once, and keeps the order", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.scriptFor("work", { holdsPrepare: true, exit: null });
    const runs = [];
    for (let count = 0; count < 10; count += 1) runs.push(await harness.start());

    expect(runs.map(({ id }) => harness.run(id).state)).toEqual([
      ...Array(8).fill("starting"),
      "queued",
      "queued",
    ]);

    for (const { id } of runs.slice(0, 1)) harness.driver.letPrepare(id);
    await settle();

    expect(runs.map(({ id }) => harness.run(id).state)).toEqual([
      "running",
      ...Array(8).fill("starting"),
      "queued",
    ]);
  });
});

describe("looking up and forgetting", () => {
  test("a run is found by its id, by a beginning of it, and as the latest of its agent", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    const first = await harness.start();
    await harness.clock.pass(1);
    const second = await harness.start();

    expect(harness.supervisor.resolve(first.id.toUpperCase()).id).toBe(first.id);
    expect(harness.supervisor.resolve(second.id.slice(0, 15)).id).toBe(second.id);
    expect(harness.supervisor.resolve("@worker").id).toBe(second.id);
    expect(() => harness.supervisor.resolve(first.id.slice(0, 5))).toThrow(/More than one run/);
    for (const wrong of ["abc", "zzzz", "@nobody", "@", "0000000000000000"]) {
      expect(() => harness.supervisor.resolve(wrong)).toThrow(/No run is known/);
    }
  });

  test("only an ended run can be forgotten, and then nothing of it stays", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    await expect(harness.supervisor.remove(id)).rejects.toMatchObject({ code: "run.still_live" });

    harness.driver.run(id).finish();
    await settle();
    await harness.supervisor.remove(id);

    expect(harness.driver.calls.at(-1)).toBe(`remove ${id}`);
    expect(() => harness.supervisor.resolve(id)).toThrow(/No run is known/);
    expect(harness.events.at(-1)).toEqual({ type: "run.removed", runId: id });
  });

  test("start again takes agent, target and input of the run before", async () => {
    await using harness = await createHarness();
    const name = harness.agents.add();
    const first = await harness.start(name, { shop: "a" });

    const second = await harness.supervisor.startAgain(first.id, "window");

    expect(second).toMatchObject({
      previousRunId: first.id,
      attempt: 1,
      door: "window",
      inputJson: '{"shop":"a"}',
    });
  });

  test("a run that only the target knows is named, and left alone", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    harness.driver.run(id).finish();
    await settle();
    harness.store.runs.remove(id);

    expect(await harness.supervisor.orphans(new AbortController().signal)).toEqual([id]);
    expect(harness.driver.started).toHaveLength(1);
  });
});
