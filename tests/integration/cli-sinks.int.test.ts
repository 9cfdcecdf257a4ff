import { mkdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { startOtlp } from "#tests/helpers/log-receivers.ts";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, type RunJson } from "./cli-agents.ts";

const PRINTING = `for (let line = 1; line <= 20; line += 1) console.log("line " + line);`;

test("output of a run reaches a collector while Pilothouse is open, and the list says how that goes", async () => {
  await using receiver = await startOtlp();
  await using program = await createProgram();
  await addAgent(program, { name: "printing", script: PRINTING });
  await using _served = await program.serve();
  const set = await program.json(["logs", "sink", "set", "out", "--kind", "otlp", "--url", receiver.url]);

  const { id } = (await program.json(["run", "printing", "--wait"])) as RunJson;
  await receiver.until(20);
  const tested = await program.run(["logs", "sink", "test", "out"]);
  await program.json(["logs", "sink", "set", "out", "--off"]);
  const listed = await program.run(["logs", "sink", "list"]);

  expect(set).toMatchObject({ name: "out", isOn: true, sentLines: 0, lastSentAt: null });
  expect(receiver.problems).toEqual([]);
  expect(receiver.lines.map(({ text }) => text)).toEqual(
    Array.from({ length: 20 }, (_, at) => `line ${at + 1}`),
  );
  expect(receiver.lines[0]?.facts).toMatchObject({ "service.instance.id": id });
  expect(tested.stdout).toMatch(/^out takes lines; it took \d+ (ms|s)\.$/m);
  expect(listed.stdout).toMatch(/^out +otlp http\S+ +all +off +\S.*20 lines +0 B$/m);
});

test("a sink is changed flag by flag, tells why it fails, and is forgotten", async () => {
  await using program = await createProgram();
  const folder = path.join(program.folder, "out");
  await mkdir(folder);

  const file = ["logs", "sink", "set", "archive", "--kind", "file", "--folder", folder];
  await program.json([...file, "--max-size", "1MiB", "--agent", "one", "--agent", "two"]);
  const changed = await program.json(["logs", "sink", "set", "archive", "--max-files", "3", "--off"]);
  await program.json(["logs", "sink", "set", "gone", "--kind", "loki", "--url", "http://127.0.0.1:1"]);
  const failed = await program.run(["logs", "sink", "test", "gone", "--json"]);
  await program.json(["logs", "sink", "remove", "gone"]);
  const left = await program.json(["logs", "sink", "list"]);

  expect(changed).toMatchObject({
    name: "archive",
    target: { kind: "file", folder, maxFileBytes: 1024 ** 2, maxFiles: 3 },
    isOn: false,
    agents: ["one", "two"],
    state: "off",
  });
  expect([failed.code, JSON.parse(failed.stdout).error.code]).toEqual([4, "sink.unreachable"]);
  expect(left).toMatchObject([{ name: "archive" }]);
});

test.each([
  [["set", "out"], 2, "usage.invalid", "--kind"],
  [["set", "out", "--kind", "syslog"], 2, "usage.invalid", "--kind"],
  [["set", "out", "--kind", "otlp"], 2, "usage.invalid", "--url"],
  [["set", "out", "--kind", "file", "--url", "http://x"], 2, "usage.invalid", "--url"],
  [
    ["set", "out", "--kind", "file", "--folder", "/tmp", "--max-size", "big"],
    2,
    "usage.invalid",
    "--max-size",
  ],
  [["set", "Out!", "--kind", "file", "--folder", "/tmp"], 2, "usage.invalid", "NAME"],
  [["set", "out", "--on", "--off"], 2, "usage.invalid", "--on"],
  [["set", "out", "--kind", "loki", "--url", "http://x", "--label", "9=x"], 2, "usage.invalid", "--label"],
  [["set", "out", "--kind", "otlp", "--url", "ftp://x"], 2, "sink.invalid", undefined],
  [
    ["set", "out", "--kind", "otlp", "--url", "http://x", "--credential", "key"],
    2,
    "sink.invalid",
    undefined,
  ],
  [["set", "out", "--kind", "file", "--folder", "relative"], 2, "sink.invalid", undefined],
  [["remove", "nope"], 3, "sink.not_found", undefined],
  [["test", "nope"], 3, "sink.not_found", undefined],
] as const)("logs sink %j is refused with exit code %i", async (args, exit, ...expected) => {
  await using program = await createProgram();

  const refused = await program.run(["logs", "sink", ...args, "--json"]);

  const { error } = JSON.parse(refused.stdout);
  expect([refused.code, error.code, error.details.argument]).toEqual([exit, ...expected]);
});
