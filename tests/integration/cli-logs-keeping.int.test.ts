import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, ENDING, nodeManifest, type RunJson } from "./cli-agents.ts";

test("limits are shown, changed for all and for one agent, and taken back", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "ending", script: ENDING });

  const first = await program.json(["logs", "limits"]);
  await program.json(["logs", "limits", "set", "--age", "90d", "--size", "50GiB"]);
  const set = await program.run(["logs", "limits", "set", "--agent", "ending", "--size", "1.5GiB"]);
  const back = await program.json(["logs", "limits", "set", "--age", "default", "--size", "default"]);

  expect(first).toMatchObject({ maxAgeDays: 30, maxBytes: 10 * 1024 ** 3, byAgent: {}, runCount: 0 });
  expect(set.stdout).toMatch(/^all agents {2}90 d +50 GiB$/m);
  expect(set.stdout).toMatch(/^ending {6}as for all {2}1\.5 GiB$/m);
  expect(back).toMatchObject({
    maxAgeDays: 30,
    maxBytes: 10 * 1024 ** 3,
    byAgent: { ending: { maxBytes: 1.5 * 1024 ** 3 } },
  });
});

test.each([
  [["limits", "set"], 2, "usage.invalid"],
  [["limits", "set", "--age", "1.5d"], 2, "usage.invalid"],
  [["limits", "set", "--age", "0"], 2, "usage.invalid"],
  [["limits", "set", "--size", "10GB"], 2, "usage.invalid"],
  [["limits", "set", "--size", "1GiB", "--agent", "nope"], 3, "agent.not_found"],
  [["pin", "0k3f"], 3, "run.not_found"],
])("logs %j is refused with exit code %i", async (args, exit, code) => {
  await using program = await createProgram();

  const refused = await program.run(["logs", ...args, "--json"]);

  expect(refused.code).toBe(exit);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code } });
});

test("tidying takes the logs beyond the limits with the releases only they used; a pinned log keeps both", async () => {
  await using program = await createProgram();
  const script = (version: number) => `console.log(${version}, "x".repeat(1000));`;
  await addAgent(program, { name: "printing", script: script(1) });
  const runs: RunJson[] = [];
  for (const version of [1, 2, 3]) {
    await program.writeAgent("printing", nodeManifest("printing"), { "main.mjs": script(version) });
    runs.push((await program.json(["run", "printing", "--wait"])) as RunJson);
  }
  const [pinned, old] = runs.map(({ id }) => id);
  await program.json(["logs", "pin", pinned ?? ""]);
  await program.json(["logs", "limits", "set", "--size", "0B"]);

  const report = await program.json(["logs", "tidy"]);
  const gone = await program.run(["logs", old ?? "", "--json"]);

  expect(report).toMatchObject({ removedLogs: 2, removedReleases: 1 });
  expect(await program.run(["logs", pinned ?? ""])).toMatchObject({ code: 0 });
  expect([gone.code, JSON.parse(gone.stdout).error.code]).toEqual([3, "log.not_found"]);
  const releases = await readdir(path.join(program.data, "releases"));
  expect(releases.filter((name) => !name.startsWith("."))).toHaveLength(2);
});
