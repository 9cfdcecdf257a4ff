import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { agentNameSchema } from "#contract/ids.ts";
import { settle } from "#tests/helpers/fake-clock.ts";
import { createHarness } from "#tests/helpers/run-harness.ts";
import type { RunRecords } from "./run-records.ts";

/** Records that refuse to store a change with this part so often, as on a full disk. */
function failing(runs: RunRecords, fault: { readonly part: string; left: number }): RunRecords {
  return new Proxy(runs, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        const isRefused = key === "change" && JSON.stringify(given).includes(fault.part);
        if (isRefused && fault.left > 0) {
          fault.left -= 1;
          throw new AppError("data.full", "no space");
        }
        return Reflect.apply(value, target, given);
      };
    },
  });
}

describe("a restart of the core", () => {
  test.each([true, false])(
    "adopts the run without losing or repeating a byte (killed: %s)",
    async (isKilled) => {
      await using harness = await createHarness();
      harness.agents.add();
      harness.driver.script({ output: ["before\n"], exit: null });
      const { id } = await harness.start();

      if (!isKilled) await harness.supervisor.close();
      harness.driver.run(id).print("between\n");
      await harness.restart({ isKilled });
      harness.driver.run(id).print("after\n");
      harness.driver.run(id).finish();
      await settle();

      expect(harness.logs.text(id)).toBe("before\nbetween\nafter\n");
      expect(harness.run(id).state).toBe("succeeded");
      expect(harness.store.runs.timeline(id).filter(({ kind }) => kind === "adopted")).toHaveLength(1);
    },
  );

  test("finds the end of a run that ended meanwhile", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    await harness.supervisor.close();
    harness.driver.run(id).print("last words\n");
    harness.driver.run(id).finish({ exitCode: 4 });

    await harness.restart();

    expect(harness.run(id)).toMatchObject({ state: "failed", exitCode: 4 });
    expect(harness.logs.text(id)).toBe("last words\n");
  });

  test("calls a run lost that its target does not know any more", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    await harness.supervisor.close();
    await harness.driver.remove(id);

    await harness.restart();

    expect(harness.run(id)).toMatchObject({ state: "lost", reason: { code: "supervisor-gone" } });
    expect(harness.logs.isSealed(id)).toBe(true);
  });

  test("puts a run back that was only being prepared, and starts it anew", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ holdsPrepare: true });
    const { id } = await harness.start();
    await harness.supervisor.close();
    expect(harness.run(id).state).toBe("queued");

    await harness.restart();
    harness.driver.letPrepare(id);
    await settle();

    expect(harness.run(id).state).toBe("succeeded");
  });

  test("fails a run whose core died while it was being prepared", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({ holdsPrepare: true });
    const { id } = await harness.start();

    const restarted = harness.restart({ isKilled: true });
    await settle();
    await harness.clock.pass(4_000);
    await restarted;

    expect(harness.run(id)).toMatchObject({ state: "failed", reason: { code: "core-gone-while-starting" } });
  });

  test("starts the agents of the start-up list, but none that a person stopped", async () => {
    await using harness = await createHarness();
    for (const name of ["done", "stopped", "never", "off"]) {
      harness.agents.add(
        { name, runtimes: { process: { command: [name] } } },
        { isAutostart: name !== "off" },
      );
    }
    harness.driver.scriptFor("stopped", { exit: null });
    for (const name of ["done", "stopped", "off"]) {
      const run = await harness.start(agentNameSchema.parse(name), { from: name });
      if (name === "stopped") await harness.supervisor.stop({ runId: run.id, isForced: false });
    }
    await settle();

    await harness.restart();

    const started = harness.supervisor.list({ limit: 10 }).runs.filter(({ door }) => door === "startup");
    expect(started).toMatchObject([{ agent: "done", inputJson: '{"from":"done"}' }]);
  });
});

describe("trouble on the way", () => {
  test("a lost link leaves the run disconnected, and it goes on where it was", async () => {
    await using harness = await createHarness();
    harness.agents.add();
    harness.driver.script({
      output: ["one\n"],
      exit: null,
      lostLink: new AppError("target.unreachable", "gone"),
    });
    const { id } = await harness.start();
    expect(harness.run(id).state).toBe("disconnected");

    harness.driver.run(id).print("two\n");
    await harness.clock.pass(1_000);
    expect(harness.run(id).state).toBe("running");
    harness.driver.run(id).finish();
    await settle();

    expect(harness.logs.text(id)).toBe("one\ntwo\n");
    expect(harness.run(id).state).toBe("succeeded");
  });

  test.each(["failingAppends", "failingSyncs"] as const)(
    "a log that cannot be written for a while loses nothing (%s)",
    async (fault) => {
      await using harness = await createHarness();
      harness.agents.add();
      harness.driver.script({ output: ["one\n", "two\n"], exit: null });
      harness.logs[fault] = 1;

      const { id } = await harness.start();
      await harness.clock.pass(5_000);
      harness.driver.run(id).print("three\n");
      harness.driver.run(id).finish();
      await settle();

      expect(harness.logs[fault]).toBe(0);
      expect(harness.logs.text(id)).toBe("one\ntwo\nthree\n");
      expect(harness.history(id)).toEqual(["queued", "starting", "running", "succeeded/exited"]);
    },
  );

  test.each([
    ["a start", "running"],
    ["an end", "succeeded"],
  ])(
    "%s that cannot be stored is stored as soon as it can, and nothing is started twice",
    async (_what, state) => {
      await using harness = await createHarness();
      const fault = { part: `"state":"${state}"`, left: 2 };
      await harness.restart({ records: failing(harness.store.runs, fault) });
      harness.agents.add();
      harness.driver.script({ output: ["one\n"], exit: null });

      const { id } = await harness.start();
      harness.driver.run(id).finish();
      await settle();
      expect(harness.run(id).state).not.toBe("succeeded");
      await harness.clock.pass(5_000);

      expect(fault.left).toBe(0);
      expect(harness.history(id)).toEqual(["queued", "starting", "running", "succeeded/exited"]);
      expect(harness.logs.text(id)).toBe("one\n");
      expect(harness.driver.calls.filter((call) => call === `start ${id}`)).toHaveLength(1);
    },
  );

  test.each([
    ["end", '"state":"succeeded"'],
    ["health", '"health":"healthy"'],
  ])(
    "a full disk that refuses the %s of a run is written down as what it is, and is no bug",
    async (_what, part) => {
      await using harness = await createHarness();
      await harness.restart({ records: failing(harness.store.runs, { part, left: 1 }) });
      harness.agents.add({ health: { http: "http://127.0.0.1:1/ok", every: "2s" } });
      harness.driver.script({ exit: null });

      const { id } = await harness.start();
      await harness.clock.pass(1_000);
      harness.driver.run(id).finish();
      await settle();

      expect(harness.written).toEqual(["a step was not taken"]);
    },
  );
});

describe("health", () => {
  const health = { http: "http://127.0.0.1:1/ok", every: "2s", failures: 3 };

  test("waits, then says what the run answered", async () => {
    await using harness = await createHarness();
    harness.agents.add({ health });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    expect(harness.run(id).health).toBe("waiting");

    await harness.clock.pass(1_000);

    expect(harness.run(id).health).toBe("healthy");
  });

  test("is unhealthy after so many failures in a row, and well again when it answers", async () => {
    await using harness = await createHarness();
    harness.agents.add({ health });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    await harness.clock.pass(1_000);
    harness.probe.answer = "refused";

    await harness.clock.pass(4_500);
    expect(harness.run(id).health).toBe("healthy");
    await harness.clock.pass(2_000);
    expect(harness.run(id)).toMatchObject({ health: "unhealthy", state: "running" });
    harness.probe.answer = null;
    await harness.clock.pass(2_000);

    expect(harness.run(id).health).toBe("healthy");
  });

  test("counts only failures in a row", async () => {
    await using harness = await createHarness();
    harness.agents.add({ health });
    harness.driver.script({ exit: null });
    const { id } = await harness.start();
    await harness.clock.pass(1_000);

    for (const answer of ["refused", "refused", null, "refused", "refused"]) {
      harness.probe.answer = answer;
      await harness.clock.pass(2_000);
    }

    expect(harness.run(id).health).toBe("healthy");
  });

  test("stops and restarts a run that never answers, when the policy says so", async () => {
    await using harness = await createHarness();
    harness.agents.add({ health, restart: { when: "on-failure" } });
    harness.driver.scriptFor("work", { exit: null });
    harness.probe.answer = "refused";
    const { id } = await harness.start();

    await harness.clock.pass(6_000);

    expect(harness.run(id)).toMatchObject({
      state: "failed",
      reason: { code: "unhealthy", details: { failures: 3, problem: "refused" } },
    });
    expect(harness.store.runs.live()).toMatchObject([{ run: { attempt: 2 } }]);
  });

  test("hears the text of a log check also when it is cut in two, and when an earlier core missed it", async () => {
    await using harness = await createHarness();
    harness.agents.add({ health: { log: "ready" } });
    harness.driver.script({ output: ["re"], exit: null });
    const cut = await harness.start();
    harness.driver.run(cut.id).print("ady\n");
    await settle();
    expect(harness.run(cut.id).health).toBe("healthy");

    harness.driver.script({ exit: null });
    const missed = await harness.start();
    await harness.supervisor.close();
    harness.driver.run(missed.id).print("ready\n");
    await harness.restart();

    expect(harness.run(missed.id).health).toBe("healthy");
  });
});

describe("a run that needs a locked store of secrets", () => {
  const manifest = { credentials: [{ name: "shop", env: { password: "P" } }] };

  test("waits for it, holds nothing up, and goes on by itself", async () => {
    await using harness = await createHarness();
    harness.secrets.values.set("shop", "correct-horse");
    harness.secrets.isLocked = true;
    harness.agents.add(manifest);
    const { id } = await harness.start();
    const waiting = harness.run(id);

    harness.secrets.open();
    await settle();

    expect(waiting).toMatchObject({
      state: "needs-attention",
      reason: { code: "vault-unavailable", details: { store: "keychain", state: "locked" } },
    });
    expect(harness.history(id)).toEqual([
      "queued",
      "starting",
      "needs-attention/vault-unavailable",
      "queued",
      "starting",
      "running",
      "succeeded/exited",
    ]);
  });

  test("stays stopped when it was stopped while it waited", async () => {
    await using harness = await createHarness();
    harness.secrets.values.set("shop", "correct-horse");
    harness.secrets.isLocked = true;
    harness.agents.add(manifest);
    const { id } = await harness.start();

    await harness.supervisor.stop({ runId: id, isForced: false });
    harness.secrets.open();
    await settle();

    expect(harness.run(id).state).toBe("stopped");
    expect(harness.driver.calls.filter((call) => call.startsWith("start"))).toEqual([]);
  });

  test("is given its value once it goes on, and prints none of it", async () => {
    await using harness = await createHarness();
    harness.secrets.values.set("shop", "correct-horse");
    harness.agents.add(manifest);
    harness.driver.script({ output: ({ env }) => [`${env["P"]?.length} ${env["P"]}`] });

    const { id } = await harness.start();

    expect(harness.logs.text(id)).toBe("13 ***");
  });
});
