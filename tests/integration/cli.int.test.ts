import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, ENDING, LASTING, type RunJson } from "./cli-agents.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("runs from the command line", () => {
  test.skipIf(process.platform === "win32")(
    "a run that ended while Pilothouse was closed is never shown as running",
    async () => {
      await using program = await createProgram();
      await addAgent(program, { name: "lasting", script: LASTING });
      const { id } = (await program.json(["run", "lasting"])) as RunJson;
      const { pid } = (await program.json(["show", id])) as { pid: number };
      const { stdout: supervisor } = await promisify(execFile)("ps", ["-o", "ppid=", "-p", String(pid)]);

      process.kill(pid, "SIGKILL");
      await expect.poll(() => isAlive(Number(supervisor))).toBe(false);

      expect(await program.json(["show", id])).toMatchObject({ state: "failed", reasonCode: "signalled" });
    },
  );

  test("a run that is waited for prints itself and ends with 0, or with 1 when it failed", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "ending", script: ENDING });

    const good = await program.run(["run", "ending", "--wait", "--json"]);
    const bad = await program.run(["run", "ending", "--wait", "--json", "--input", '{"exitCode":3}']);

    expect([good.code, bad.code]).toEqual([0, 1]);
    expect(JSON.parse(good.stdout)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-z]{16}$/),
      agent: "ending",
      release: expect.stringMatching(/^[0-9a-f]{64}$/),
      target: "this-computer",
      state: "succeeded",
      exitCode: 0,
      health: "none",
      attempt: 1,
      input: {},
      createdAt: expect.stringMatching(ISO),
      startedAt: expect.stringMatching(ISO),
      endedAt: expect.stringMatching(ISO),
    });
    expect(JSON.parse(bad.stdout)).toMatchObject({
      state: "failed",
      exitCode: 3,
      reasonCode: "exited",
      reason: "Ended by itself with exit code 3.",
      input: { exitCode: 3 },
    });
  });

  test("a run goes on when the command that started it has ended, and is stopped by another", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "lasting", script: LASTING });

    const started = (await program.json(["run", "lasting"])) as RunJson;
    const listed = (await program.json(["runs", "--state", "running", "--agent", "lasting"])) as RunJson[];
    const stopped = (await program.json(["stop", started.id.slice(0, 14)])) as RunJson;
    const again = await program.run(["stop", started.id, "--json"]);
    const shown = (await program.json(["show", "@lasting"])) as RunJson & { timeline: { state: string }[] };

    expect(started.state).toBe("running");
    expect(listed.map(({ id }) => id)).toEqual([started.id]);
    expect(stopped.state).toBe("stopped");
    expect(again.code).toBe(5);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "run.already_finished" } });
    expect(shown.id).toBe(started.id);
    expect(shown.timeline.map(({ state }) => state)).toEqual(expect.arrayContaining(["running", "stopped"]));
  });

  test("a log is printed as lines, filtered, as JSON and as its bytes", async () => {
    await using program = await createProgram();
    const bytes = [0, 27, 93, 48, 59, 120, 7, 255, 254, 13, 10, 65, 10];
    await addAgent(program, {
      name: "bytes",
      script: `process.stdout.write(Buffer.from(${JSON.stringify(bytes)}));`,
    });
    const { id } = (await program.json(["run", "bytes", "--wait"])) as RunJson;

    const raw = await promisify(execFile)(
      process.execPath,
      ["dist/main/cli.js", "--data", program.data, "logs", id, "--raw"],
      { encoding: "buffer" },
    );
    const text = await program.run(["logs", id]);
    const found = await program.run(["logs", id, "--grep", "A"]);
    const lines = await program.run(["logs", id, "--json", "--follow"]);

    expect([...raw.stdout]).toEqual(bytes);
    expect(text.stdout).not.toContain("\u001b");
    expect(found.stdout).toBe("A\n");
    expect(
      lines.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { number: number }).number),
    ).toEqual([1, 2]);
  });

  test("a followed run prints its output and says how it ended", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "ending", script: ENDING });

    const { code, stdout, stderr } = await program.run(["run", "ending", "--follow"]);

    expect(code).toBe(0);
    expect(stdout.split("\n").toSorted()).toEqual(["", "hello", "to the other stream"]);
    expect(stderr).toMatch(/✓ succeeded/);
  });

  test("Ctrl-C leaves a waited-for run running, and a second one stops it", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "lasting", script: LASTING });

    const left = program.start(["run", "lasting", "--follow"]);
    await left.untilStdout((text) => text.includes("ready"));
    left.kill("SIGINT");
    const leftResult = await left.result;
    const afterwards = (await program.json(["show", "@lasting"])) as RunJson;
    const stopping = program.start(["run", "lasting", "--follow"]);
    await stopping.untilStdout((text) => text.includes("ready"));
    stopping.kill("SIGINT");
    await stopping.untilStderr((text) => text.includes("goes on"));
    stopping.kill("SIGINT");
    const stopped = await stopping.result;

    expect(leftResult.code).toBe(130);
    expect(afterwards.state).toBe("running");
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain("■ stopped");
  });

  test("a reader that goes away ends a command without noise", async () => {
    await using program = await createProgram();
    await addAgent(program, {
      name: "chatty",
      script: 'for (let i = 0; i < 200000; i += 1) console.log("line " + i);',
    });
    const { id } = (await program.json(["run", "chatty", "--wait"])) as RunJson;

    const logs = program.start(["logs", id]);
    await logs.untilStdout((text) => text.length > 0);
    logs.process.stdout?.destroy();
    const { code, stderr } = await logs.result;

    expect([code, stderr]).toEqual([0, ""]);
  });
});

describe("agents, targets and the rest", () => {
  test("agents are added, listed, shown, validated and removed", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "ending", script: ENDING });

    const list = await program.json(["agent", "list"]);
    const shown = await program.json(["agent", "show", "ending"]);
    const validated = await program.json(["agent", "validate", "agents/ending"]);
    const removed = await program.json(["agent", "remove", "ending"]);
    const after = await program.json(["agent", "list"]);

    expect(list).toMatchObject([
      { name: "ending", class: "computational", runtimes: ["process"], problems: [] },
    ]);
    expect(shown).toMatchObject({ name: "ending", present: true, manifest: { kind: "Agent" } });
    expect(validated).toMatchObject({ valid: true, name: "ending", problems: [] });
    expect(removed).toEqual({ removed: "ending" });
    expect(after).toEqual([]);
  });

  test("this computer is a target that can be looked at", async () => {
    await using program = await createProgram();

    const list = await program.json(["target", "list"]);
    const shown = await program.json(["target", "show", "this-computer"]);
    const absent = await program.run(["target", "show", "nowhere", "--json"]);

    expect(list).toMatchObject([{ id: "this-computer", kind: "process" }]);
    expect(shown).toMatchObject({ reachable: true, lookedAt: expect.stringMatching(ISO) });
    expect([absent.code, JSON.parse(absent.stdout)]).toMatchObject([
      3,
      { error: { code: "target.not_found" } },
    ]);
  });

  test("doctor and version answer", async () => {
    await using program = await createProgram();

    const doctor = await program.run(["doctor", "--json"]);
    const version = await program.json(["version"]);

    expect((JSON.parse(doctor.stdout) as { checks: unknown[] }).checks.length).toBeGreaterThan(1);
    expect(version).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  test("every command has help with examples, and the shells can read their completion", async () => {
    await using program = await createProgram();

    const overview = await program.run(["--help"]);
    const help = await program.run(["run", "--help"]);
    const bash = await program.run(["completion", "bash"]);
    const { stdout } = await promisify(execFile)("bash", [
      "-c",
      `${bash.stdout}\nCOMP_WORDS=(pilothouse agent ""); COMP_CWORD=2; _pilothouse; echo "\${COMPREPLY[@]}"`,
    ]);

    expect([overview.code, help.code, bash.code]).toEqual([0, 0, 0]);
    expect(overview.stdout).toContain("agent validate DIR");
    expect(help.stdout).toMatch(/Examples:\n {2}pilothouse run/);
    expect(stdout).toContain("add list show validate remove");
  });

  test("a bug that nobody waited for ends with 70 and an incident that stands in the program's log", async () => {
    await using program = await createProgram();
    const bug =
      "data:text/javascript,process.on('SIGUSR2',()=>Promise.reject(new(TypeError)('nobody-waits')))";
    const serving = program.start(["serve", "--no-open", "--json"], {
      env: { NODE_OPTIONS: `--import=${bug}` },
    });
    await serving.untilStdout((text) => text.includes("\n"));

    serving.kill("SIGUSR2");
    const { code, stdout } = await serving.result;
    const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as {
      error: { code: string; details: { incident: string } };
    };
    const log = await readFile(join(program.data, "app.log"), "utf8");

    expect([code, error.code]).toEqual([70, "app.bug"]);
    expect(error.details.incident).toMatch(/^[0-9a-f]{8,}$/);
    expect(log).toContain(error.details.incident);
    expect(log).toContain("nobody-waits");
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // No such process: that is the answer.
    return false;
  }
}
