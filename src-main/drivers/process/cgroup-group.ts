import { readFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * How often the system ended a process of these control groups because their memory was used up.
 * Version 2 counts in `memory.events`, version 1 in `memory.oom_control`.
 */
export function countMemoryKills(folders: readonly string[]): number {
  let count = 0;
  for (const folder of folders) {
    for (const file of ["memory.events", "memory.oom_control"]) {
      const match = /^oom_kill (\d+)$/m.exec(readOrEmpty(join(folder, file)));
      count += Number(match?.[1] ?? 0);
    }
  }
  return count;
}

/** Removes the groups of a run whose processes are gone. A group that is still in use stays. */
export async function removeGroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch {
      // Gone already, or kept alive by a survivor of the run, which is reported elsewhere.
    }
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // This group does not count memory, or is gone.
    return "";
  }
}
