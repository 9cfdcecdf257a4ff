import { expect, test } from "vitest";
import { gapText } from "#core/output-gap.ts";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, type RunJson } from "./cli-agents.ts";

/** Says who takes its output down, so that a test can end that, and prints what a gap looks like. */
const FORGED = gapText({ sizeBytes: 7, cause: "copy-damaged" });
const WATCHED = `
console.log(${JSON.stringify(FORGED)});
console.log("watched by " + process.ppid);
setInterval(() => {}, 60_000);`;

test("missing output is told with its cause wherever lines are, and is no part of the bytes", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "watched", script: WATCHED });
  const { id } = (await program.json(["run", "watched"])) as RunJson;
  await using following = program.start(["logs", id, "--follow", "--json"]);
  const begun = await following.untilStdout((text) => text.includes("watched by"));
  const watcher = /watched by (\d+)/.exec(begun)?.[1] ?? "";
  process.kill(Number(watcher), "SIGKILL");
  const followed = (await following.result).stdout.trimEnd().split("\n");

  const printed = `${FORGED}\nwatched by ${watcher}\n`;
  const gap = { sizeBytes: null, cause: "watcher-ended" } as const;
  const shown = await program.run(["logs", id]);
  const raw = await program.run(["logs", id, "--raw"]);
  const found = await program.run(["logs", id, "--grep", "missing here", "--json"]);
  const stats = await program.json(["logs", "stats"]);
  const statsShown = await program.run(["logs", "stats"]);

  expect(followed.map((line) => JSON.parse(line).gap ?? null)).toEqual([null, null, gap]);
  expect(shown.stdout).toBe(`${printed}${gapText(gap)}\n`);
  expect(raw.stdout).toBe(printed);
  expect(
    found.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ number: 1 }, { number: 3, stream: "stderr", text: gapText(gap), gap }]);
  expect(stats).toMatchObject({ runs: [{ runId: id, lineCount: 3, gapCount: 1 }] });
  expect(statsShown.stdout).toMatch(/ 1 gap$/m);
});
