import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { agentNameSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { isFinal } from "#contract/run.ts";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { openCore, writeAgent } from "#tests/helpers/core-harness.ts";

const python = (rest = "") =>
  `class: computational\nruntimes: { process: { command: [python3, -u, main.py] } }\n${rest}`;

const WAIT_FOR_EVER = "import time\nprint('up', flush=True)\nwhile True: time.sleep(60)\n";
const IGNORE_STOP = `import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n${WAIT_FOR_EVER}`;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whether the process does anything; one that only waits to be reaped by its parent does not. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

describe("a run", () => {
  test("keeps every byte of its output and its exit code", async () => {
    await using harness = await openCore();
    await harness.agent("printer", python(), {
      "main.py": "import sys\nfor i in range(20000):\n  print('line', i)\nsys.exit(3)\n",
    });

    const { id } = await harness.start("printer");
    const run = await harness.ended(id);

    const expected = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(""));
    const raw = await harness.raw(id);
    expect(run).toMatchObject({ state: "failed", exitCode: 3, reason: { code: "exited" } });
    expect(raw.length).toBe(expected.length);
    expect(sha256(raw)).toBe(sha256(expected));
  });

  test("whose command does not exist fails with the code and the name of it", async () => {
    await using harness = await openCore();
    await harness.agent(
      "nothing",
      "class: computational\nruntimes: { process: { command: [no-such-program] } }\n",
    );

    const { id } = await harness.start("nothing");

    expect(await harness.ended(id)).toMatchObject({
      state: "failed",
      startedAtMs: null,
      reason: {
        code: "start-failed",
        details: { code: "start.command_not_found", command: "no-such-program" },
      },
    });
  });

  test("is asked on the port it was given, and is healthy once it answers", async () => {
    await using harness = await openCore();
    await harness.agent(
      "server",
      `class: service\nruntimes: { process: { command: [python3, -m, http.server, "{port}", --bind, 127.0.0.1] } }\n` +
        `health: { http: "http://127.0.0.1:{port}/", every: 500ms }\n`,
    );

    const { id } = await harness.start("server");
    const run = await harness.until(id, ({ health }) => health === "healthy");

    expect(run.state).toBe("running");
    expect(run.port).toBeGreaterThan(0);
  });

  test("shows its screenshots while it goes on, and the last one too", async () => {
    await using harness = await openCore();
    await harness.agent("painter", python(), {
      "main.py": `
import base64, os, time
png = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
def shot(name):
  open(os.path.join(os.environ["PILOTHOUSE_SCREENSHOTS"], name), "wb").write(png)
shot("first.png")
while not os.path.exists("go"): time.sleep(0.02)
shot("last.png")
`,
    });
    const { id } = await harness.start("painter");
    await harness.until(id, ({ state }) => state === "running");
    const { screens } = harness.core.faces;
    await expect.poll(() => screens.list(id).map((each) => each.id)).toEqual(["first.png"]);

    await writeFile(path.join(harness.data, "runs", id, "work", "go"), "");
    await harness.ended(id);

    expect(screens.list(id).map((each) => each.id)).toEqual(["first.png", "last.png"]);
    expect((await screens.read(id, "last.png")).length).toBe(screens.list(id)[1]?.sizeBytes);
  });
});

describe("a stop", () => {
  test("that the run obeys ends its whole tree, also what left its group", async () => {
    await using harness = await openCore();
    await harness.agent("parent", python(), {
      "main.py": `
import subprocess, sys, time
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
print(child.pid, flush=True)
while True: time.sleep(60)
`,
    });
    const { id } = await harness.start("parent");
    await expect.poll(async () => (await harness.raw(id).catch(() => "")).toString()).toMatch(/^\d+\n$/);
    const child = Number((await harness.raw(id)).toString());
    expect(await isAlive(child)).toBe(true);

    await harness.core.faces.runs.stop({ runId: id, isForced: false });
    const run = await harness.ended(id);

    expect(run).toMatchObject({ state: "stopped", reason: { code: "stopped-by-user" } });
    expect([await isAlive(child), await isAlive(run.pid ?? 0)]).toEqual([false, false]);
  });

  test("that the run ignores kills it after the grace time", async () => {
    await using harness = await openCore();
    await harness.agent("deaf", python("stop: { grace: 500ms }\n"), { "main.py": IGNORE_STOP });
    const { id } = await harness.start("deaf");
    await expect.poll(async () => (await harness.raw(id).catch(() => "")).toString()).toBe("up\n");

    await harness.core.faces.runs.stop({ runId: id, isForced: false });

    expect(await harness.ended(id)).toMatchObject({
      state: "killed",
      reason: { code: "killed-after-grace", details: { graceMs: 500 } },
    });
  });

  test("is made by the time limit too", async () => {
    await using harness = await openCore();
    await harness.agent("slow", python("limits: { timeout: 1s }\n"), { "main.py": WAIT_FOR_EVER });

    const { id } = await harness.start("slow");

    expect(await harness.ended(id)).toMatchObject({
      state: "failed",
      reason: { code: "time-limit", details: { timeoutMs: 1_000 } },
    });
  });
});

test("a run that fails is started again, as often as the policy says", async () => {
  await using harness = await openCore();
  await harness.agent("failing", python("restart: { when: on-failure, max: 2, backoff: 50ms..100ms }\n"), {
    "main.py": "raise SystemExit(9)\n",
  });

  await harness.start("failing");
  const { runs } = harness.core.faces;
  await expect
    .poll(() => runs.list({ limit: 10 }).runs.map(({ attempt, state }) => `${attempt} ${state}`))
    .toEqual(["3 failed", "2 failed", "1 failed"]);

  expect(runs.list({ limit: 10, states: ["queued", "starting", "running"] }).total).toBe(0);
});

describe("another core on the same folder", () => {
  test("goes on with a run that was left, and with its time limit", async () => {
    await using harness = await openCore();
    await harness.agent("slow", python("limits: { timeout: 3s }\n"), { "main.py": WAIT_FOR_EVER });
    const { id } = await harness.start("slow");
    const before = await harness.until(id, ({ state }) => state === "running");

    await harness.reopen();

    expect(harness.run(id)).toMatchObject({ state: "running", pid: before.pid });
    const after = await harness.ended(id);
    expect(after.reason?.code).toBe("time-limit");
  });

  test("starts what is to start with Pilothouse, but nothing that a person stopped", async () => {
    await using harness = await openCore({ startsAutostart: true });
    for (const name of ["ended", "stopped"]) {
      await harness.agent(name, python(), {
        "main.py": name === "stopped" ? WAIT_FOR_EVER : "print('done')\n",
      });
      harness.core.faces.agents.setSettings(agentNameSchema.parse(name), { isAutostart: true });
    }
    const ended = await harness.start("ended");
    await harness.ended(ended.id);
    const stopped = await harness.start("stopped");
    await harness.until(stopped.id, ({ state }) => state === "running");
    await harness.core.faces.runs.stop({ runId: stopped.id, isForced: false });
    await harness.ended(stopped.id);

    await harness.reopen();

    const { runs } = harness.core.faces.runs.list({ limit: 10 });
    expect(runs.filter(({ door }) => door === "startup").map(({ agent }) => agent)).toEqual(["ended"]);
  });
});

test("a core that is killed in the middle loses no byte of its runs and doubles none", async () => {
  await using harness = await openCore();
  await harness.core.close();
  const lines = 20_000;
  const folder = await writeAgent(path.join(harness.base, "agents", "ticker"), {
    name: "ticker",
    manifest: python(),
    files: {
      "main.py": `
import time
for i in range(${lines}):
  print("tick", i)
  if i % 100 == 0: time.sleep(0.01)
`,
    },
  });
  const child = await CoreChild.open(harness.data);
  await child.add(folder);
  const { id } = await child.start("ticker");
  await expect.poll(async () => (await child.get(id)).state).toBe("running");

  await child.kill();
  const startedAt = performance.now();
  await harness.core.start();
  const foundAfterMs = performance.now() - startedAt;
  const run = await harness.ended(id);

  const expected = Buffer.from(Array.from({ length: lines }, (_, i) => `tick ${i}\n`).join(""));
  const raw = await harness.raw(id);
  expect(run).toMatchObject({ state: "succeeded", exitCode: 0 });
  expect(raw.toString().split("\n").length - 1).toBe(lines);
  expect(sha256(raw)).toBe(sha256(expected));
  const kinds = harness.core.faces.runs.timeline(id).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === "adopted")).toHaveLength(1);
  // A sanity bound, far above what it takes: the promise is measured by the bench.
  expect(foundAfterMs).toBeLessThan(30_000);
});

test("two cores on one folder: the second is told who has it, and the first goes on", async () => {
  await using harness = await openCore();
  await using second = CoreChild.spawn(harness.data);

  await expect(second.started).rejects.toThrow(`is in use by process ${process.pid} (cli)`);

  expect(harness.core.faces.system.settings()).toMatchObject({ language: "system" });
});

test("the doctor looks at everything and says what to do where something is wrong", async () => {
  await using harness = await openCore();
  await mkdir(path.join(harness.data, "runs", "0000000000000000"));

  const checks = await harness.core.faces.system.doctor();

  expect(checks.map(({ id }) => id)).toEqual([
    "system",
    "data-folder",
    "disk-space",
    "database",
    "sqlite",
    "store-recovery",
    "runtime",
    "python",
    "browser",
    "cgroups",
    "clock",
    "orphans",
  ]);
  expect(checks.filter(({ status, advice }) => (status === "ok") !== (advice === ""))).toEqual([]);
  expect(checks.find(({ id }) => id === "orphans")).toMatchObject({
    status: "warning",
    found: expect.stringContaining("0000000000000000"),
  });
});

test("a yes for containers that comes with the settings is on the trail, and a look of the page is not", async () => {
  await using harness = await openCore();
  const { audit, system } = harness.core.faces;
  const worker = agentNameSchema.parse("worker");

  system.changeSettings({ density: "comfortable" }, "window");
  system.changeSettings({ containerConsents: { [worker]: ["root"] } }, "window");
  const settings = system.changeSettings({ containerConsents: {}, density: "compact" }, "cli");

  expect(settings).toMatchObject({ containerConsents: {}, density: "compact" });
  expect(audit.list({ limit: 10 }).entries.toReversed()).toMatchObject([
    {
      action: "consent.change",
      subject: "worker",
      door: "window",
      outcome: "begun",
      details: { given: "root" },
    },
    { outcome: "done", begunSeq: 1 },
    {
      action: "consent.change",
      subject: "worker",
      door: "cli",
      outcome: "begun",
      details: { taken: "root" },
    },
    { outcome: "done", begunSeq: 3 },
  ]);
});

test("this computer is there, and a look at it says what agents find", async () => {
  await using harness = await openCore();

  const [target] = harness.core.faces.targets.list();
  const probed = await harness.core.faces.targets.probe(THIS_COMPUTER);

  expect(target).toMatchObject({ id: "this-computer", kind: "process", probe: null });
  expect(probed.probe?.isReachable).toBe(true);
  expect(probed.probe?.facts.map(({ key }) => key)).toEqual(
    expect.arrayContaining(["system", "cores", "memory", "disk", "python", "node", "browser", "cgroups"]),
  );
});

test("a forgotten run leaves nothing behind", async () => {
  await using harness = await openCore();
  await harness.agent("printer", python(), { "main.py": "print('hello')\n" });
  const { id } = await harness.start("printer");
  await harness.ended(id);

  await harness.core.faces.runs.remove(id);

  await expect(readFile(path.join(harness.data, "runs", id))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readFile(path.join(harness.data, "logs", id))).rejects.toMatchObject({ code: "ENOENT" });
  expect(harness.core.faces.runs.list({ limit: 10 }).runs.filter(({ state }) => !isFinal(state))).toEqual([]);
});
