import { expect, it } from "vitest";
import type { ProcessIdentity } from "#core/spool/record.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { endTree, findTree } from "./process-tree.ts";

interface FakeProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly startTime: string;
  readonly runId?: string;
  readonly isUnkillable?: boolean;
}

/** A table of made-up processes; killing removes them. `onKill` may let something happen in between. */
function createTable(
  processes: readonly FakeProcess[],
  onKill: (pid: number, add: (p: FakeProcess) => void) => void,
) {
  const living = new Map(processes.map((one) => [one.pid, one]));
  const killed: number[] = [];
  const table: ProcessTable = {
    bootId: async () => "boot",
    identify: async (pid) => living.get(pid) ?? null,
    all: async () =>
      [...living.values()].map((one): ProcessEntry => ({ ...one, cpuSeconds: 0, memoryBytes: 0 })),
    ofRun: async (runId, among) => among.filter(({ pid }) => living.get(pid)?.runId === runId),
    kill: async (pid) => {
      if (living.get(pid)?.isUnkillable === true) return;
      killed.push(pid);
      living.delete(pid);
      onKill(pid, (one) => living.set(one.pid, one));
    },
    askToEnd: async () => undefined,
  };
  return { table, killed, living };
}

const root: ProcessIdentity = { pid: 10, startTime: "100" };
const marks = { runId: "run", root, recorded: [], cgroups: [] };

it("a tree is the root, its descendants, and those that carry the run's id", async () => {
  const { table } = createTable(
    [
      { pid: 1, parentPid: 0, startTime: "1" },
      { pid: 10, parentPid: 1, startTime: "100" },
      { pid: 11, parentPid: 10, startTime: "101" },
      { pid: 12, parentPid: 11, startTime: "102" },
      { pid: 13, parentPid: 1, startTime: "103", runId: "run" },
      { pid: 14, parentPid: 1, startTime: "104", runId: "another" },
    ],
    () => undefined,
  );

  const found = await findTree(table, marks);

  expect(found.map(({ pid }) => pid).sort()).toEqual([10, 11, 12, 13]);
});

it("a process that got the number of an ended one is not of the run", async () => {
  const { table, killed } = createTable([{ pid: 10, parentPid: 1, startTime: "999" }], () => undefined);
  const recorded = [{ pid: 10, startTime: "150" }];

  expect(await endTree(table, { ...marks, recorded }, 50)).toEqual([]);
  expect(killed).toEqual([]);
});

it("a recorded descendant is ended although its parents are gone", async () => {
  const { table, killed } = createTable([{ pid: 12, parentPid: 1, startTime: "102" }], () => undefined);

  await endTree(table, { ...marks, recorded: [{ pid: 12, startTime: "102" }] }, 50);

  expect(killed).toEqual([12]);
});

it("killing goes on until what was born meanwhile is gone as well", async () => {
  const { table, living } = createTable([{ pid: 10, parentPid: 1, startTime: "100" }], (pid, add) => {
    if (pid < 13) add({ pid: pid + 1, parentPid: 1, startTime: String(pid + 91), runId: "run" });
  });

  expect(await endTree(table, marks, 2_000)).toEqual([]);
  expect([...living.keys()]).toEqual([]);
});

it("what cannot be ended is reported", async () => {
  const stubborn = { pid: 11, parentPid: 10, startTime: "101", isUnkillable: true };
  const { table } = createTable([{ pid: 10, parentPid: 1, startTime: "100" }, stubborn], () => undefined);

  expect(await endTree(table, marks, 50)).toEqual([11]);
});
