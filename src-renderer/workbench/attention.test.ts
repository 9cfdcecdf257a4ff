import { expect, test } from "vitest";
import type { Agent, ManifestProblem } from "#contract/agent.ts";
import type { Run, RunState } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import { attentionKey, findAttention } from "./attention.ts";

/** Only what the list looks at. */
function run(id: string, agent: string, state: RunState): Run {
  return { id, agent, state } as Run;
}
function agent(name: string, change: Partial<Agent> = {}): Agent {
  return { name, folder: `/agents/${name}`, problems: [], isPresent: true, ...change } as Agent;
}
const PROBLEM: ManifestProblem = {
  file: "f",
  line: 1,
  column: 1,
  key: "",
  problem: "p",
  expected: "",
  fault: { code: "empty-file", details: {} },
};
const keysOf = (known: Partial<Parameters<typeof findAttention>[0]>) =>
  findAttention({ waiting: [], summaries: [], agents: [], targets: [], ...known }).map(attentionKey);

const latest = (...runs: readonly Run[]) => runs.map((each) => ({ agent: each.agent, latest: each }));

test("only the newest run of an agent counts, so a success takes an older failure off the list", () => {
  const summaries = latest(
    run("1", "gone", "lost"),
    run("4", "broken", "failed"),
    run("5", "mended", "succeeded"),
  );

  expect(keysOf({ summaries })).toEqual(["run 4", "run 1"]);
});

test("a run that waits for a person counts whatever came after it; one that a person stopped never does", () => {
  const waiting = [run("2", "a", "needs-attention")];
  const summaries = latest(run("3", "a", "running"), run("1", "b", "stopped"));

  expect(keysOf({ waiting, summaries })).toEqual(["run 2"]);
});

test("starting again is offered only where the agent is there and can be started", () => {
  const summaries = latest(run("3", "a", "failed"), run("2", "b", "failed"), run("1", "c", "lost"));
  const agents = [agent("a"), agent("b", { isPresent: false })];

  const items = findAttention({ waiting: [], summaries, agents, targets: [] });

  expect(items.flatMap((item) => (item.kind === "run" ? [item.canStartAgain] : []))).toEqual([
    true,
    false,
    false,
  ]);
});

test("other faults in a manifest are another thing to look at", () => {
  const faulty = (line: number) => keysOf({ agents: [agent("a", { problems: [{ ...PROBLEM, line }] })] });

  expect(faulty(1)).not.toEqual(faulty(2));
});

test("an agent whose folder is gone is told once, not for its manifest too", () => {
  const agents = [
    agent("sound"),
    agent("faulty", { problems: [PROBLEM] }),
    agent("away", { isPresent: false, problems: [PROBLEM] }),
  ];

  expect(keysOf({ agents })).toEqual(["manifest faulty 1:empty-file", "folder-gone away"]);
});

test("a target that does not answer needs a person, one that nobody looked at does not", () => {
  const targets = [
    { id: "away", name: "Away", probe: { isReachable: false } } as Target,
    { id: "new", name: "New", probe: null } as Target,
    {
      id: "warned",
      name: "Warned",
      probe: { isReachable: true, warnings: ["no limits"] as readonly string[] },
    } as Target,
  ];

  expect(keysOf({ targets })).toEqual(["target away"]);
});
