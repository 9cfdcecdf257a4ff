import { describe, expect, test } from "vitest";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, COUNTING, ENDING, LASTING, type RunJson } from "./cli-agents.ts";

interface Line {
  readonly type: "line";
  readonly text: string;
}

function linesOf(stdout: string): string[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line | { type: "run" })
    .flatMap((entry) => (entry.type === "line" ? [entry.text] : []));
}

/** Makes the program say on standard error which files it loads. */
const TELL_LOADS =
  "data:text/javascript,import{registerHooks}from'node:module';registerHooks({load(url,context,next){process._rawDebug(url);return(next(url,context))}})";

const ALL_LINES = Array.from({ length: 300 }, (_, index) => `line ${index + 1}`);

describe("one data folder, several commands", () => {
  test("a waiting command makes room for serve and misses no line", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "counting", script: COUNTING });
    const following = program.start(["run", "counting", "--follow", "--json"]);
    await following.untilStdout((text) => text.includes('"line 20"'));

    await using _served = await program.serve();
    const { code, stdout } = await following.result;

    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual(ALL_LINES);
  });

  test("a waiting command outlives the core it was attached to, and misses no line", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "counting", script: COUNTING });
    const served = await program.serve();
    const following = program.start(["run", "counting", "--follow", "--json"]);
    await following.untilStdout((text) => text.includes('"line 20"'));

    served.command.kill("SIGKILL");
    const { code, stdout } = await following.result;

    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual(ALL_LINES);
  });

  test("many commands at once share a core, whoever runs it, and none starts twice or not at all", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "ending", script: ENDING });

    const results = await Promise.all(
      Array.from({ length: 6 }, () => program.run(["run", "ending", "--wait", "--json"])),
    );
    const runs = (await program.json(["runs"])) as RunJson[];

    expect(results.map(({ code, stderr }) => [code, /error/.test(stderr)])).toEqual(
      results.map(() => [0, false]),
    );
    expect(runs.map(({ id }) => id).toSorted()).toEqual(
      results.map(({ stdout }) => (JSON.parse(stdout) as RunJson).id).toSorted(),
    );
  });

  test("commands attach to the core of a waiting one", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "lasting", script: LASTING });
    const following = program.start(["run", "lasting", "--follow"]);
    await following.untilStdout((text) => text.includes("ready"));

    const stopped = (await program.json(["stop", "@lasting"])) as RunJson;
    const { code } = await following.result;

    expect([stopped.state, code]).toEqual(["stopped", 1]);
  });

  test("a core that hangs is said to be unreachable instead of waited for", async () => {
    await using program = await createProgram();
    await using served = await program.serve();
    served.command.kill("SIGSTOP");

    const { code, stdout } = await program.run(["runs", "--json"]);

    served.command.kill("SIGCONT");
    expect([code, JSON.parse(stdout)]).toMatchObject([4, { error: { code: "core.unreachable" } }]);
  });

  test("a command that attaches does not load the core", async () => {
    await using program = await createProgram();
    const options = { env: { NODE_OPTIONS: `--import=${TELL_LOADS}` } };

    const alone = await program.run(["runs", "--json"], options);
    await using _served = await program.serve();
    const attached = await program.run(["runs", "--json"], options);

    expect([alone.code, attached.code]).toEqual([0, 0]);
    expect(alone.stderr).toMatch(/core-host/);
    expect(attached.stderr).toMatch(/core-link/);
    expect(attached.stderr).not.toMatch(/core-host|sqlite/);
  });

  test("serve ends at Ctrl-C, and its runs go on", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "lasting", script: LASTING });
    const served = await program.serve();
    await program.json(["run", "lasting"]);

    served.command.kill("SIGINT");
    const { code } = await served.command.result;
    const after = (await program.json(["show", "@lasting"])) as RunJson;

    expect([code, after.state]).toEqual([0, "running"]);
  });
});
