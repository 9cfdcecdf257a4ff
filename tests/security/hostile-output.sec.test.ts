import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LINE_TEXT_LIMIT } from "#contract/log.ts";
import {
  endMark,
  HOSTILE_OUTPUT,
  hostileBytes,
  PRINTING_FILE,
  whatActs,
} from "#tests/helpers/hostile-output.ts";
import { startLoki, startOtlp } from "#tests/helpers/log-receivers.ts";
import { onTerminal } from "#tests/helpers/on-terminal.ts";
import { createProgram, type Program } from "#tests/helpers/program.ts";
import { createSinkHarness } from "#tests/helpers/sink-harness.ts";

const BYTES = hostileBytes();
const MARKS = HOSTILE_OUTPUT.map((_, index) => endMark(index));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function nodeManifest(name: string): string {
  const command = JSON.stringify([process.execPath, "main.mjs"]);
  return `apiVersion: pilothouse/v1\nkind: Agent\nname: ${name}\nclass: computational\nruntimes: { process: { command: ${command} } }\n`;
}

let program: Program;
let run: string;

beforeAll(async () => {
  program = await createProgram();
  const folder = await program.writeAgent("hostile", nodeManifest("hostile"), { "main.mjs": PRINTING_FILE });
  await writeFile(path.join(folder, "output.bin"), BYTES);
  await program.json(["agent", "add", folder]);
  run = ((await program.json(["run", "hostile", "--wait"])) as { id: string }).id;
}, 120_000);

afterAll(() => program[Symbol.asyncDispose]());

describe("the corpus", () => {
  test("is large enough, and its names tell it apart", () => {
    expect(HOSTILE_OUTPUT.length).toBeGreaterThanOrEqual(60);
    expect(new Set(HOSTILE_OUTPUT.map(({ name }) => name)).size).toBe(HOSTILE_OUTPUT.length);
  });

  test.each(HOSTILE_OUTPUT.filter(({ isForTerminals }) => isForTerminals))(
    "twin: $name would be seen if it reached a terminal",
    ({ bytes, name }) => {
      // A terminal in UTF-8 takes raw eight-bit controls for broken characters, as the log does.
      const isBroken = name.endsWith(" raw");
      expect(whatActs(bytes) !== null).toBe(!isBroken);
    },
  );
});

describe("on a real terminal", () => {
  test("nothing of it acts, and every line is there", async () => {
    const { bytes, code } = await onTerminal(program, ["logs", run]);

    expect(code).toBe(0);
    expect(whatActs(bytes)).toBeNull();
    const text = bytes.toString();
    expect(MARKS.filter((mark) => !text.includes(mark))).toEqual([]);
    expect(text).toContain("␛]0;stolen␇");
  });

  test("colours go where they are not wanted", async () => {
    const { bytes } = await onTerminal(program, ["logs", run], { NO_COLOR: "1" });

    expect(bytes.includes(0x1b)).toBe(false);
  });

  test.each([
    ["followed", ["--follow"]],
    ["filtered by text", ["--grep", "end 0"]],
    ["filtered by pattern", ["--regex", "end \\d+"]],
    ["filtered by level", ["--level", "trace"]],
    ["as JSON", ["--json"]],
  ])("%s, nothing of it acts either", async (_, flags) => {
    const { bytes, code } = await onTerminal(program, ["logs", run, ...flags]);

    expect(code).toBe(0);
    expect(whatActs(bytes)).toBeNull();
    expect(bytes.length).toBeGreaterThan(100);
  });

  test("raw bytes are refused there", async () => {
    const { bytes, code } = await onTerminal(program, ["logs", run, "--raw"]);

    expect(code).toBe(2);
    expect(whatActs(bytes)).toBeNull();
    expect(bytes.toString()).toContain("--raw > FILE");
  });

  test("names of files and agents act neither in an error nor in a table", async () => {
    const name = "evil\u001b]0;stolen\u0007\u202e\u009b2J";
    const folder = path.join(program.folder, name);
    await mkdir(folder);
    await writeFile(path.join(folder, "agent.yaml"), `name: "\u202e\\e[2J"\nkind: Agent\n`);
    const calls = [
      ["agent", "add", folder],
      ["agent", "validate", folder],
      ["agent", "show", name],
      ["run", name],
      ["runs", "--agent", name],
      ["show", name],
      ["logs", name],
      ["logs", "export", run, path.join(folder, "absent", "out.log")],
      ["logs", run, "--level", name],
      ["logs", run, "--regex", `(${name}`],
      ["logs", "sink", "test", name],
      ["variable", "set", "SHOWN", name],
      ["variable", "list"],
      ["completion", name],
      [name],
      ["runs", `--${name}`],
    ];

    const seen = await Promise.all(calls.map(async (args) => (await onTerminal(program, args)).bytes));

    expect(seen.map(whatActs)).toEqual(calls.map(() => null));
    expect(Buffer.concat(seen).toString()).toContain("evil␛]0;stolen␇");
  });

  test("the name of an agent's folder does not act in the list of agents", async () => {
    const folder = await program.writeAgent("moved", nodeManifest("moved"), { "main.mjs": "" });
    const odd = path.join(program.folder, "odd\u001b[5m\u202efolder");
    await rename(folder, odd);
    await program.json(["agent", "add", odd]);

    const { bytes } = await onTerminal(program, ["agent", "list"]);
    const { bytes: shown } = await onTerminal(program, ["agent", "show", "moved"]);

    expect(bytes.toString()).toContain("moved");
    expect([whatActs(bytes), whatActs(shown)]).toEqual([null, null]);
  });
});

describe("to programs", () => {
  test("JSON says exactly what was printed, in characters that are harmless in a file", async () => {
    const { code, stdout } = await program.run(["logs", run, "--json"]);

    expect(code).toBe(0);
    expect(whatActs(Buffer.from(stdout))).toBeNull();
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { text: string; isCut: boolean });
    const printed = BYTES.toString("utf8").split("\n").slice(0, -1);
    expect(lines).toHaveLength(printed.length);
    for (const [index, { isCut, text }] of lines.entries()) {
      const whole = printed[index]?.replace(/\r$/, "") ?? "";
      expect(isCut ? whole.startsWith(text) && text.length >= LINE_TEXT_LIMIT - 1 : whole === text).toBe(
        true,
      );
    }
  });

  test("an export is what was printed, byte for byte", async () => {
    const file = path.join(program.folder, "exported.log");

    await program.json(["logs", "export", run, file]);

    expect(sha256(await readFile(file))).toBe(sha256(BYTES));
  });

  test("keys that mean something to objects are fields like any other", async () => {
    const lines = async (field: string) =>
      (await program.run(["logs", run, "--field", field, "--json"])).stdout.split("\n").length - 1;

    expect(await lines("__proto__.polluted=yes")).toBeLessThanOrEqual(1);
    expect(await lines("toString=1")).toBe(1);
    expect(await lines("polluted=yes")).toBe(0);
  });
});

describe("in sinks", () => {
  test.each([
    ["loki", startLoki],
    ["otlp", startOtlp],
  ] as const)("%s is sent well-formed requests that say what was printed", async (kind, start) => {
    await using receiver = await start();
    await using harness = await createSinkHarness();
    await harness.set("out", { kind, url: receiver.url });
    const written = await harness.beginRun();
    await written.print(BYTES.toString("latin1"), "stdout");
    await written.end();

    const count = BYTES.toString("latin1").split("\n").length - 1;
    await harness.until("out", ({ sentLines }) => sentLines === count);

    expect(receiver.problems).toEqual([]);
    expect(receiver.lines).toHaveLength(count);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("a file is one document a line, and nothing in it acts on who looks at it", async () => {
    await using harness = await createSinkHarness();
    const folder = path.join(harness.folder, "out");
    await mkdir(folder);
    await harness.set("out", { kind: "file", folder });
    const written = await harness.beginRun();
    await written.print(BYTES.toString("utf8"));
    await written.end();
    const count = BYTES.toString("utf8").split("\n").length - 1;
    await harness.until("out", ({ sentLines }) => sentLines === count);

    const bytes = await readFile(path.join(folder, "out.jsonl"));

    expect(whatActs(bytes)).toBeNull();
    const texts = bytes
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).text as string);
    expect(texts).toHaveLength(count);
  });
});
