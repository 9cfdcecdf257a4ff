import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { targetIdSchema } from "#contract/ids.ts";
import type { RunHandle } from "#main/drivers/index.ts";
import { makeContainerDriver } from "../contract/driver-container-target.ts";
import { forever, hear, hearUntil, started, textOf } from "../contract/driver-under-test.ts";
import { startEngineProxy } from "../helpers/engine-proxy.ts";
import { BUSYBOX_IMAGE, type EngineProduct, startEngine, type TestEngine } from "../helpers/engines.ts";
import { createOwnEngines } from "../helpers/own-engines.ts";

const SLOW_MS = 180_000;
export const containerOf = (handle: RunHandle) => handle.ref.replace("container:", "");

/**
 * Everything that can become of an engine while it has runs; one file per product, so that they wait side by side.
 * `further` are those that only this product knows.
 */
export function describeEngineFaults(
  product: EngineProduct,
  further: (getEngine: () => TestEngine) => void = () => undefined,
): void {
  describe(`faults of ${product}`, () => {
    let engine: TestEngine;
    beforeAll(async () => {
      engine = await startEngine(product);
    }, SLOW_MS);
    afterAll(() => engine[Symbol.asyncDispose](), SLOW_MS);

    further(() => engine);

    it("takes an answer to create that was lost for what it is: the container is there, once", async () => {
      await using proxy = await startEngineProxy(engine.socket);
      await using subject = await makeContainerDriver(engine, { socket: proxy.socket });
      const spec = subject.specOfCommand(["echo", "made once"]);
      await subject.driver.prepare(spec, () => undefined, forever);
      proxy.loseAnswerTo(/^POST \S*\/containers\/create/, "hang-up");

      const { chunks, exit } = await hear(await subject.driver.start(spec, forever));

      expect(proxy.lost).toBeGreaterThan(0);
      expect(textOf(chunks)).toBe("made once\n");
      expect(exit.exitCode).toBe(0);
      expect(
        await engine.command("ps", "-aq", "--filter", `label=io.pilothouse.run=${spec.runId}`),
      ).not.toContain("\n");
    });

    it("leaves no container behind when the answer to create never comes and the start is taken back", async () => {
      await using proxy = await startEngineProxy(engine.socket);
      await using subject = await makeContainerDriver(engine, { socket: proxy.socket });
      const spec = subject.specOfCommand(["true"]);
      await subject.driver.prepare(spec, () => undefined, forever);
      proxy.loseAnswerTo(/^POST \S*\/containers\/create/, "silence");
      const abort = new AbortController();
      const start = subject.driver.start(spec, abort.signal);
      const filter = `label=io.pilothouse.run=${spec.runId}`;
      await expect.poll(() => proxy.lost).toBeGreaterThan(0);
      expect(await engine.command("ps", "-aq", "--filter", filter)).not.toBe("");
      abort.abort();

      await expect(start).rejects.toMatchObject({ code: "run.cancelled" });
      await expect.poll(() => engine.command("ps", "-aq", "--filter", filter)).toBe("");
    });

    it("removes a container whose answer to create comes after the start was taken back", async () => {
      await using proxy = await startEngineProxy(engine.socket);
      await using subject = await makeContainerDriver(engine, { socket: proxy.socket });
      const spec = subject.specOfCommand(["true"]);
      await subject.driver.prepare(spec, () => undefined, forever);
      const held = proxy.holdAnswerTo(/^POST \S*\/containers\/create/);
      const abort = new AbortController();
      const start = subject.driver.start(spec, abort.signal).catch((error: unknown) => error);
      await held.answered;
      abort.abort();
      held.letGo();

      expect(await start).toMatchObject({ code: "run.cancelled" });
      const filter = `label=io.pilothouse.run=${spec.runId}`;
      await expect.poll(() => engine.command("ps", "-aq", "--filter", filter)).toBe("");
    });

    it("loses no byte when the connection is cut in the middle of the output", async () => {
      await using proxy = await startEngineProxy(engine.socket);
      await using subject = await makeContainerDriver(engine, { socket: proxy.socket });
      // It goes on for longer than the end of a program is waited for.
      const script = "i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); usleep 20000; done";
      const spec = subject.specOfCommand(["sh", "-c", script]);
      const first = await started(subject.driver, spec);
      const heard: { text: string; cursor: string }[] = [];
      let cuts = 0;
      const failure = await (async () => {
        for await (const chunk of first.output) {
          heard.push({ text: textOf([chunk]), cursor: chunk.cursor });
          if (cuts === 0) cuts = proxy.cut();
        }
      })().catch((error: unknown) => error);
      await first.detach();

      expect(cuts).toBeGreaterThan(0);
      expect(failure).toMatchObject({ code: "target.unreachable" });
      const afterCursor = heard.at(-1)?.cursor ?? null;
      const again = await subject.driver.adopt({ runId: spec.runId, ref: first.ref, afterCursor }, forever);
      if (again === null) throw new Error("the run was not found again");
      const rest = await hear(again);

      const wanted = Array.from({ length: 400 }, (_, line) => `line ${line}\n`).join("");
      expect(heard.map(({ text }) => text).join("") + textOf(rest.chunks)).toBe(wanted);
      expect(rest.exit.exitCode).toBe(0);
    });

    it("loses no byte when the connection is cut shortly before the program ends", async () => {
      await using proxy = await startEngineProxy(engine.socket);
      await using subject = await makeContainerDriver(engine, { socket: proxy.socket });
      const gate = "until [ -e /pilothouse/go ]; do usleep 10000; done";
      const script = `echo line 0; ${gate}; i=1; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; exit 4`;
      const spec = subject.specOfCommand(["sh", "-c", script]);
      const handle = await started(subject.driver, spec);
      let text = "";
      let cuts = 0;
      for await (const chunk of handle.output) {
        text += textOf([chunk]);
        if (cuts > 0) continue;
        cuts = proxy.cut();
        await subject.writeShared(spec.runId, "go", "");
      }

      expect(cuts).toBeGreaterThan(0);
      expect(text).toBe(Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join(""));
      expect((await handle.exit).exitCode).toBe(4);
    });

    it("ends a run as unknown whose container is removed from outside", async () => {
      await using subject = await makeContainerDriver(engine);
      const handle = await started(
        subject.driver,
        subject.specOfCommand(["sh", "-c", "echo ready; sleep 600"]),
      );
      await hearUntil(handle, "ready\n");
      const again = subject.driver;
      await handle.detach();
      const [runId] = await again.list(forever);
      if (runId === undefined) throw new Error("the engine knows no run");
      const adopted = await again.adopt({ runId, ref: handle.ref, afterCursor: null }, forever);
      if (adopted === null) throw new Error("the run was not found again");
      const hearing = hear(adopted);
      await engine.remove(containerOf(handle));

      const heard = await hearing;
      expect(textOf(heard.chunks)).toBe("ready\n");
      expect(["unknown", "ended"]).toContain(heard.exit.cause);
    });

    it("says that output may be missing of a container that was removed while nobody was there", async () => {
      await using subject = await makeContainerDriver(engine);
      const spec = subject.specOfCommand(["sh", "-c", "echo ready; sleep 600"]);
      const handle = await started(subject.driver, spec);
      const before = await hearUntil(handle, "ready\n");
      await handle.detach();
      await engine.remove(containerOf(handle));

      const asked = { runId: spec.runId, ref: handle.ref, afterCursor: before.at(-1)?.cursor ?? null };
      const adopted = await subject.driver.adopt(asked, forever);
      if (adopted === null) throw new Error("the run was not found again");
      const { chunks, exit } = await hear(adopted);

      expect(chunks).toMatchObject([{ gap: { sizeBytes: null, cause: "source-gone" } }]);
      expect(exit.cause).toBe("unknown");
    });

    it("says what is missing of a run with credentials, whose output no engine keeps", async () => {
      await using subject = await makeContainerDriver(engine);
      const secrets = { env: {}, files: [], descriptors: [], masked: ["not for the log"] };
      const script = "echo ready; until [ -e /pilothouse/go ]; do usleep 10000; done; echo unheard";
      const spec = subject.specOfCommand(["sh", "-c", script], { secrets });
      const handle = await started(subject.driver, spec);
      const before = await hearUntil(handle, "ready\n");
      await handle.detach();
      await subject.writeShared(spec.runId, "go", "");
      await expect.poll(() => subject.countProcesses(spec.runId)).toBe(0);

      const asked = { runId: spec.runId, ref: handle.ref, afterCursor: before.at(-1)?.cursor ?? null };
      const adopted = await subject.driver.adopt(asked, forever);
      if (adopted === null) throw new Error("the run was not found again");
      const { chunks, exit } = await hear(adopted);

      expect(chunks).toMatchObject([{ gap: { sizeBytes: null, cause: "not-recorded" } }]);
      expect(exit.exitCode).toBe(0);
    });

    it("goes on with a gap when its own copy of the output is gone", async () => {
      await using subject = await makeContainerDriver(engine);
      const spec = subject.specOfCommand(["sh", "-c", "echo ready; sleep 600"]);
      const handle = await started(subject.driver, spec);
      const before = await hearUntil(handle, "ready\n");
      await handle.detach();
      await rm(path.join(subject.runsFolder, spec.runId, "spool"), { recursive: true });

      const asked = { runId: spec.runId, ref: handle.ref, afterCursor: before.at(-1)?.cursor ?? null };
      const adopted = await subject.driver.adopt(asked, forever);
      if (adopted === null) throw new Error("the run was not found again");
      const after = await hearUntil(adopted, "ready\n");
      await adopted.stop("hard");

      expect(after[0]).toMatchObject({ gap: { sizeBytes: null, cause: "copy-lost" } });
      expect(textOf(after)).toBe("ready\n");
    });

    it("follows and stops a run that is paused and renamed from outside", async () => {
      await using subject = await makeContainerDriver(engine);
      const handle = await started(
        subject.driver,
        subject.specOfCommand(["sh", "-c", "echo ready; sleep 600"]),
      );
      await hearUntil(handle, "ready\n");
      await engine.command("rename", containerOf(handle), `elsewhere-${product}`);
      await engine.command("pause", containerOf(handle));
      expect(await engine.command("inspect", "-f", "{{.State.Status}}", `elsewhere-${product}`)).toBe(
        "paused",
      );

      const outcome = await handle.stop("soft");

      expect(outcome).toMatchObject({ isGone: true, survivors: [] });
    });

    it(
      "finds a run again after its engine was killed and came back",
      async () => {
        await using subject = await makeContainerDriver(engine);
        const spec = subject.specOfCommand(["sh", "-c", "echo ready; sleep 600"]);
        const handle = await started(subject.driver, spec);
        const before = await hearUntil(handle, "ready\n");
        const { pid } = engine;
        engine.signal("SIGKILL");
        await expect
          .poll(() =>
            readFile(`/proc/${pid}/stat`, "utf8").then(
              (text) => !/\) Z /.test(text),
              () => false,
            ),
          )
          .toBe(false);
        await handle.detach();
        const asked = { runId: spec.runId, ref: handle.ref, afterCursor: before.at(-1)?.cursor ?? null };
        await expect(subject.driver.adopt(asked, forever)).rejects.toMatchObject({
          code: "engine.not_answering",
        });
        await engine.restart();

        const adopted = await subject.driver.adopt(asked, forever);
        if (adopted === null) throw new Error("the run was not found again");
        await adopted.stop("hard");
        const { chunks } = await hear(adopted);

        expect(textOf(chunks)).toBe("");
        expect(await subject.countProcesses(spec.runId)).toBe(0);
      },
      SLOW_MS,
    );

    it(
      "shows a hung engine as not answering, and is right again soon after",
      async () => {
        const { engines, events } = createOwnEngines([engine]);
        await using _ = engines;
        await engines.discover();
        const id = targetIdSchema.parse(product);
        await expect.poll(() => engines.look(id)).toMatchObject({ state: "ready" });

        engine.signal("SIGSTOP");
        try {
          await expect.poll(() => readFile(`/proc/${engine.pid}/stat`, "utf8")).toMatch(/\) T /);
          await expect.poll(() => engines.list()[0]?.state).toBe("not-answering");
          // The picture of before is still there, with its age, and asking again fails by its deadline.
          expect(engines.containers.list(id).atMs).not.toBeNull();
          expect(await engines.look(id)).toMatchObject({ state: "not-answering" });
        } finally {
          engine.signal("SIGCONT");
        }
        await expect.poll(() => engines.list()[0]?.state).toBe("ready");
        const states = () =>
          events.flatMap((one) => (one.type === "engine.changed" ? [one.engine.state] : []));
        await expect.poll(() => states().slice(-2)).toEqual(["not-answering", "ready"]);
      },
      SLOW_MS,
    );

    it(
      "shows what is so after its engine was killed and came back",
      async () => {
        const { engines } = createOwnEngines([engine]);
        await using _ = engines;
        await engines.discover();
        const id = targetIdSchema.parse(product);
        const limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];
        const run = (name: string) =>
          engine.command(
            "run",
            "-d",
            "--name",
            name,
            "--network=none",
            ...limits,
            BUSYBOX_IMAGE,
            "sleep",
            "600",
          );
        await run("before");
        const seen = () =>
          engines.containers.list(id).containers.map(({ name, state }) => `${name} ${state}`);
        await expect.poll(seen).toContain("before running");

        engine.signal("SIGKILL");
        await expect.poll(() => engines.list()[0]?.state).toBe("not-answering");
        await engine.restart();
        await engine.remove("before");
        await run("after");

        await expect.poll(seen).toEqual(["after running"]);
        expect(engines.list()).toMatchObject([{ state: "ready", problem: null, runningCount: 1 }]);
        await engine.remove("after");
      },
      SLOW_MS,
    );
  });
}
