import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, type RunJson } from "./cli-agents.ts";

/** Enough for the threads to be asked, which are files of their own in the built program. */
const LINES = 12_000;
const PRINTING = `
for (let index = 1; index <= ${LINES}; index += 1) {
  const level = index % 1000 === 0 ? "error" : "info";
  console.log(JSON.stringify({ level, msg: "entry " + index, shop: "s" + (index % 3), filler: "x".repeat(40) }));
}`;

test("lines are found by pattern, level and field, in one run and in several", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "printing", script: PRINTING });
  const one = (await program.json(["run", "printing", "--wait"])) as RunJson;
  const two = (await program.json(["run", "printing", "--wait"])) as RunJson;
  const printed = async (args: readonly string[]) => {
    const { code, stderr, stdout } = await program.run(["logs", ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout.trimEnd().split("\n");
  };

  const byPattern = await printed([one.id, "--regex", 'entry 1199[0-9]"']);
  const byLevel = await printed([one.id, "--level", "warn"]);
  const byField = await printed([one.id, "--level", "error", "--field", "shop=s0", "--json"]);
  const later = await printed([one.id, "--since", "10m", "--until", "2100-01-01", "--grep", "entry 12000"]);
  const merged = await printed([one.id, two.id, "--level", "error"]);
  const followed = await printed([two.id, one.id, "--follow", "--grep", "entry 6000"]);

  expect(byPattern).toHaveLength(10);
  expect(byLevel).toHaveLength(12);
  expect(byField.map((line) => JSON.parse(line).number)).toEqual([3_000, 6_000, 9_000, 12_000]);
  expect(later).toHaveLength(1);
  expect(merged).toHaveLength(24);
  expect(merged[0]).toContain(`printing ${one.id.slice(0, 8)} | {"level":"error","msg":"entry 1000"`);
  expect(followed).toHaveLength(2);
});

test("a log is exported as its bytes, and the room that logs take is told", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "printing", script: PRINTING });
  const { id } = (await program.json(["run", "printing", "--wait"])) as RunJson;
  const file = path.join(program.folder, "out.log");

  const exported = await program.json(["logs", "export", id, file]);
  const stats = await program.json(["logs", "stats"]);
  const shown = await program.run(["logs", "stats"]);

  const text = await readFile(file, "utf8");
  expect(text.trimEnd().split("\n")).toHaveLength(LINES);
  expect(exported).toEqual({ run: id, file, sizeBytes: Buffer.byteLength(text), damagedBytes: 0 });
  expect(stats).toMatchObject({ runCount: 1, runs: [{ runId: id, lineCount: LINES, isEnd: true }] });
  expect(shown.stdout).toContain("1 logs take");
});

test("a file is refused before anything is written, and one that is there survives", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "printing", script: PRINTING });
  const { id } = (await program.json(["run", "printing", "--wait"])) as RunJson;
  const kept = path.join(program.folder, "kept.log");
  await writeFile(kept, "kept");
  const refusal = async (...args: readonly string[]) => {
    const { code, stdout } = await program.run(["logs", ...args, "--json"]);
    const { error } = JSON.parse(stdout) as { error: { code: string; details: { problem?: string } } };
    return { code, error: error.code, problem: error.details.problem };
  };

  expect(await refusal("export", id, program.folder)).toEqual({
    code: 2,
    error: "usage.invalid",
    problem: "is a folder",
  });
  expect(await refusal("export", id, path.join(program.folder, "no", "such.log"))).toEqual({
    code: 2,
    error: "usage.invalid",
    problem: "is in a folder that is not there",
  });
  expect(await refusal("export", id, "/dev/full")).toMatchObject({ code: 5, error: "data.full" });
  expect(await refusal("export", "nobody", kept)).toMatchObject({ code: 3, error: "run.not_found" });
  expect(await refusal("export", id)).toMatchObject({ code: 2, error: "usage.invalid" });
  expect(await refusal("export", id, kept, "more")).toMatchObject({ code: 2, error: "usage.invalid" });
  expect(await refusal("stats", "more")).toMatchObject({ code: 2, error: "usage.invalid" });
  expect(await refusal("stats", "--more")).toMatchObject({ code: 2, error: "usage.invalid" });
  expect(await readFile(kept, "utf8")).toBe("kept");
});

test("a line that is too long to be printed says that it goes on", async () => {
  await using program = await createProgram();
  const script = 'console.log("x".repeat(1_000_000)); console.log("short")';
  await addAgent(program, { name: "long", script });
  const { id } = (await program.json(["run", "long", "--wait"])) as RunJson;

  const { stdout } = await program.run(["logs", id]);
  const [long = "", short] = stdout.split("\n");

  expect(long.slice(-100)).toMatch(/x … \[Pilothouse: .* --raw writes\]$/);
  expect(short).toBe("short");
});

test.each([
  [["--grep", "a", "--regex", "b"], "--regex"],
  [["--level", "loud"], "--level"],
  [["--since", "yesterday"], "--since"],
  [["--field", "shop"], "--field"],
  [["--regex", "("], "text"],
])("%j is refused by name", async (flags, argument) => {
  await using program = await createProgram();

  const { code, stdout } = await program.run(["logs", "x", ...flags, "--json"]);

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "usage.invalid", details: { argument } } });
});
