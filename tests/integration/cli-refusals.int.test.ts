import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CommandResult, createProgram, type Program } from "#tests/helpers/program.ts";
import { addAgent, ENDING, nodeManifest } from "./cli-agents.ts";

interface Refusal {
  readonly exit: number | null;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a command that was refused said to programs; people must have been told the same. */
function refusalOf({ code: exit, stderr, stdout }: CommandResult): Refusal {
  const { error } = JSON.parse(stdout) as { error: Omit<Refusal, "exit"> };
  expect(stderr).toContain(error.message);
  expect(stderr).toContain(`(${error.code})`);
  return { ...error, exit };
}

async function refused(program: Program, args: readonly string[]): Promise<Refusal> {
  return refusalOf(await program.run([...args, "--json"]));
}

describe("wrong words", () => {
  test.each([
    [["rnus"], "rnus", "runs"],
    [["agent", "lst"], "agent lst", "agent list"],
    [["agent"], "agent", "agent add"],
    [["runs", "--agnet", "x"], "--agnet", "--agent"],
    [["runs", "--limit", "many"], "--limit", "1 to 1000"],
    [["runs", "--state", "failed,runing"], "--state", "needs-attention"],
    [["runs", "--agent"], "--agent", "--agent NAME"],
    [["show"], "RUN", "pilothouse show RUN"],
    [["show", "one", "two"], "two", "pilothouse show RUN"],
    [["serve", "--port", "99999"], "--port", "65535"],
    [["logs", "x", "--raw", "--grep", "y"], "--grep", "one of the two"],
    [["completion", "fish"], "SHELL", "bash"],
    [["run", "x", "--input", "{broken"], "--input", "JSON"],
    [["run", "x", "--input", "@absent.json"], "absent.json", "@FILE"],
  ])("%j names what is wrong and what would be right", async (args, argument, expected) => {
    await using program = await createProgram();

    const refusal = await refused(program, args);

    expect([refusal.exit, refusal.code, refusal.details["argument"]]).toEqual([2, "usage.invalid", argument]);
    expect(String(refusal.details["expected"])).toContain(expected);
  });
});

describe("wrong agents", () => {
  test("a fault in agent.yaml is named with file, line, column, key and what would be right", async () => {
    await using program = await createProgram();
    const folder = await program.writeAgent("faulty", nodeManifest("faulty", "limts: { memory: 1GiB }"));

    const refusal = await refused(program, ["agent", "add", folder]);
    const validated = await program.run(["agent", "validate", folder]);

    expect([refusal.exit, refusal.code]).toEqual([2, "manifest.invalid"]);
    expect(refusal.details).toMatchObject({ file: join(folder, "agent.yaml"), line: 8, key: "limts" });
    expect(validated.code).toBe(2);
    expect(validated.stdout).toMatch(/agent\.yaml:8:\d+: limts/);
    expect(validated.stdout).toContain("limits");
  });

  test("several faults are all named at once, to people and to programs", async () => {
    await using program = await createProgram();
    const manifest = nodeManifest("faulty", "limts: { memory: 1GiB }\nrestrt: { when: always }");
    const folder = await program.writeAgent("faulty", manifest);

    const refusal = await program.run(["agent", "add", folder, "--json"]);

    expect(refusal.stderr).toMatch(/agent\.yaml:8:1: .*limts.*\n.*agent\.yaml:9:1: .*restrt/);
    const { details } = JSON.parse(refusal.stdout).error;
    expect(details).toMatchObject({ count: 2, key: "limts" });
    expect(details.problems.split("\n")).toHaveLength(2);
  });

  test("broken YAML is named with its line, and nothing is added", async () => {
    await using program = await createProgram();
    const folder = await program.writeAgent("broken", "apiVersion: pilothouse/v1\nkind: [Agent\n");

    const refusal = await refused(program, ["agent", "add", folder]);
    const list = await program.json(["agent", "list"]);

    expect([refusal.exit, refusal.code]).toEqual([2, "manifest.invalid"]);
    expect(refusal.details["line"]).toBeGreaterThan(1);
    expect(list).toEqual([]);
  });

  test("a folder without manifest, and one that is not there, are not found", async () => {
    await using program = await createProgram();
    await mkdir(join(program.folder, "empty"));

    const empty = await refused(program, ["agent", "add", "empty"]);
    const absent = await refused(program, ["agent", "add", "absent"]);

    expect([empty.exit, empty.code]).toEqual([3, "manifest.missing"]);
    expect([absent.exit, absent.code]).toEqual([3, "folder.unreadable"]);
  });

  test("an agent and a run that do not exist are not found", async () => {
    await using program = await createProgram();
    await addAgent(program, { name: "ending", script: ENDING });

    const agent = await refused(program, ["run", "endign"]);
    const run = await refused(program, ["show", "0123456789abcdef"]);
    const runs = await refused(program, ["runs", "--agent", "nope"]);
    const none = await program.json(["runs", "--agent", "ending"]);

    expect([agent.exit, agent.code, agent.details["nearest"]]).toEqual([3, "agent.not_found", "ending"]);
    expect([runs.exit, runs.code]).toEqual([3, "agent.not_found"]);
    expect(none).toEqual([]);
    expect([run.exit, run.code]).toEqual([3, "run.not_found"]);
  });

  test("input that does not match the manifest is refused before anything starts", async () => {
    await using program = await createProgram();
    const inputs =
      "inputs: { type: object, properties: { shop: { type: string } }, required: [shop], additionalProperties: false }";
    await addAgent(program, { name: "shopper", script: ENDING, more: inputs });

    const refusal = await refused(program, ["run", "shopper", "--input", '{"shop":1}']);
    const runs = await program.json(["runs"]);

    expect([refusal.exit, refusal.code]).toEqual([2, "run.input_invalid"]);
    expect(String(refusal.details["path"])).toContain("shop");
    expect(runs).toEqual([]);
  });

  test("a command that does not exist is a failed run that says so", async () => {
    await using program = await createProgram();
    const manifest = nodeManifest("nowhere").replace(
      JSON.stringify(process.execPath),
      "no-such-program-here",
    );
    await program.json(["agent", "add", await program.writeAgent("nowhere", manifest)]);

    const started = await program.run(["run", "nowhere", "--json"]);
    const waited = await program.run(["run", "nowhere", "--wait", "--json"]);

    expect([started.code, waited.code]).toEqual([5, 1]);
    expect(JSON.parse(started.stdout)).toMatchObject({
      state: "failed",
      reasonCode: "start-failed",
      reasonDetails: { code: "start.command_not_found" },
      reason: expect.stringContaining("no-such-program-here"),
    });
  });
});

describe("folders, ports and links", () => {
  test("a data folder that cannot be one is refused, and the doctor still answers", async () => {
    await using program = await createProgram();
    await writeFile(program.data, "a file, not a folder");

    const refusal = await refused(program, ["runs"]);
    const doctor = await program.run(["doctor", "--json"]);

    expect([refusal.exit, refusal.code]).toEqual([5, expect.stringMatching(/^data\./)]);
    expect(doctor.code).toBe(5);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: false });
  });

  test("a data folder that cannot be written is refused", async () => {
    await using program = await createProgram();
    // Permissions do not bind the administrator, but no one can make a folder there.
    const isAdministrator = process.getuid?.() === 0;
    const folder = isAdministrator ? "/sys/pilothouse-test" : join(program.folder, "locked", "data");
    await mkdir(join(program.folder, "locked"), { mode: 0o500 });

    const refusal = await refused(program, ["runs", "--data", folder]);

    expect([refusal.exit, refusal.code]).toEqual([5, "data.read_only"]);
    expect(refusal.message).toContain(folder);
  });

  test("a database from a newer version is refused and left as it is", async () => {
    await using program = await createProgram();
    await program.json(["runs"]);
    const file = join(program.data, "pilothouse.db");
    const bytes = await readFile(file);
    // The version that a program writes for itself stands at offset 60 of a SQLite file.
    bytes.writeUInt32BE(9_999, 60);
    await writeFile(file, bytes);

    const refusal = await refused(program, ["runs"]);
    const doctor = await program.run(["doctor"]);

    expect([refusal.exit, refusal.code, refusal.details["fileVersion"]]).toEqual([5, "data.newer", 9_999]);
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect([doctor.code, doctor.stdout]).toEqual([5, expect.stringContaining("data.newer")]);
  });

  test("a second serve on one folder is refused and says how to reach the first", async () => {
    await using program = await createProgram();
    await using served = await program.serve();

    const refusal = await refused(program, ["serve", "--no-open"]);
    const attached = (await program.json(["serve", "--no-open", "--or-attach"])) as { url: string };

    expect([refusal.exit, refusal.code]).toEqual([5, "core.already_running"]);
    expect(refusal.message).toContain("pilothouse open");
    expect(attached.url).toBe(served.url);
  });

  test("a port that is taken is refused by number, and the folder is free again", async () => {
    await using program = await createProgram();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };

    const refusal = await refused(program, ["serve", "--no-open", "--port", String(port)]);
    const runs = await program.json(["runs"]);

    taken.close();
    expect([refusal.exit, refusal.code, refusal.details["port"]]).toEqual([5, "web.port_taken", port]);
    expect(runs).toEqual([]);
  });

  test("a sign-in link works once, and open gives a new one", async () => {
    await using program = await createProgram();
    await using served = await program.serve();
    const signIn = (link: string) =>
      fetch(`${served.url}session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: new URL(served.url).origin },
        body: JSON.stringify({ token: link.split("#signin=")[1] }),
      });

    const first = await signIn(served.signIn);
    const second = await signIn(served.signIn);
    const opened = (await program.json(["open", "--no-open"])) as { url: string; signIn: string };
    const third = await signIn(opened.signIn);

    expect([first.status, second.status, third.status]).toEqual([200, 403, 200]);
    expect(await second.json()).toMatchObject({ error: { code: "web.sign_in_link_spent" } });
    expect(opened.url).toBe(served.url);
  });

  test("open without a running core says how to start one", async () => {
    await using program = await createProgram();

    const refusal = await refused(program, ["open"]);

    expect([refusal.exit, refusal.code]).toEqual([4, "core.unreachable"]);
    expect(refusal.message).toContain("pilothouse serve");
  });
});
