import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessIdentity } from "#core/spool/record.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** By what the processes of a run are known. */
export interface TreeMarks {
  readonly runId: string;
  readonly root: ProcessIdentity;
  /** Descendants seen earlier; they may have left the tree since. */
  readonly recorded: readonly ProcessIdentity[];
  /** Control group folders that hold this run and nothing else. */
  readonly cgroups: readonly string[];
}

/** Root and descendants of `roots` in a listing; roots that are gone are left out. */
export function descendantsIn(
  listing: readonly ProcessEntry[],
  roots: readonly ProcessIdentity[],
): readonly ProcessEntry[] {
  const startTimes = new Map(roots.map((root) => [root.pid, root.startTime]));
  const members = new Map<number, ProcessEntry>();
  const children = Map.groupBy(listing, (entry) => entry.parentPid);
  const queue = listing.filter((entry) => startTimes.get(entry.pid) === entry.startTime);
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (members.has(entry.pid)) continue;
    members.set(entry.pid, entry);
    queue.push(...(children.get(entry.pid) ?? []));
  }
  return [...members.values()];
}

/**
 * Every living process of the run: members of its control groups, descendants by parent, those recorded
 * earlier with their descendants, and those that carry its id in their environment.
 */
export async function findTree(table: ProcessTable, marks: TreeMarks): Promise<readonly ProcessIdentity[]> {
  const listing = await table.all();
  const inGroups = new Set(marks.cgroups.flatMap(groupMembers));
  const young = listing.filter((entry) => !isOlder(entry, marks.root));
  const carriers = await table.ofRun(marks.runId, young);
  const roots = [
    marks.root,
    ...marks.recorded,
    ...carriers,
    ...listing.filter((entry) => inGroups.has(entry.pid)),
  ];
  return descendantsIn(listing, roots).map(({ pid, startTime }) => ({ pid, startTime }));
}

/** Whether a process began before the run, so that it cannot be of it. Never true where it cannot be told. */
function isOlder(entry: ProcessIdentity, root: ProcessIdentity): boolean {
  return root.startTime !== "" && Number(entry.startTime) < Number(root.startTime);
}

/**
 * Kills the whole tree of a run, again and again until nothing of it is left or `deadlineMs` has passed.
 *
 * @returns the processes that could not be ended, empty when all are gone
 */
export async function endTree(
  table: ProcessTable,
  marks: TreeMarks,
  deadlineMs: number,
): Promise<readonly number[]> {
  const rounds = Math.max(1, Math.ceil(deadlineMs / ROUND_MS));
  // What was seen once is remembered, so that a child whose parent was just killed is not lost sight of.
  let recorded = marks.recorded;
  for (let round = 0; ; round += 1) {
    const living = await findTree(table, { ...marks, recorded });
    if (living.length === 0) return [];
    if (round >= rounds) return living.map(({ pid }) => pid);
    recorded = [
      ...recorded,
      ...living.filter(
        ({ pid, startTime }) => !recorded.some((known) => known.pid === pid && known.startTime === startTime),
      ),
    ];
    for (const identity of living) await killExactly(table, identity);
    await wait(round < 3 ? QUICK_ROUND_MS : ROUND_MS);
  }
}

const QUICK_ROUND_MS = 3;
const ROUND_MS = 25;

/** Kills the process, unless its number belongs to another one by now. */
async function killExactly(table: ProcessTable, identity: ProcessIdentity): Promise<void> {
  const found = await table.identify(identity.pid);
  if (found?.startTime === identity.startTime) await table.kill(identity.pid);
}

function groupMembers(folder: string): readonly number[] {
  try {
    return readFileSync(join(folder, "cgroup.procs"), "latin1")
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    // The group is gone, and with it every member.
    return [];
  }
}
