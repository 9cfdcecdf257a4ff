import type { ProcessIdentity } from "#core/spool/record.ts";
import { LinuxProcessTable } from "./process-table-linux.ts";
import { PosixProcessTable } from "./process-table-posix.ts";
import { WindowsProcessTable } from "./process-table-windows.ts";

/** One process as the system shows it. Zombies are not listed: they run nothing any more. */
export interface ProcessEntry extends ProcessIdentity {
  readonly parentPid: number;
  /** CPU time of the process and of its children that were waited for, in seconds. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** The processes of this computer. */
export interface ProcessTable {
  /** Identity of this boot of the computer. */
  bootId(): Promise<string>;
  /** The identity of a process; null when there is none, or only its remains. */
  identify(pid: number): Promise<ProcessIdentity | null>;
  all(): Promise<readonly ProcessEntry[]>;
  /** Those of `among` that carry the run's id in their environment, wherever in the tree they went. */
  ofRun(runId: string, among: readonly ProcessIdentity[]): Promise<readonly ProcessIdentity[]>;
  /** Ends a process at once. A process that is gone, or is not ours to end, is no error. */
  kill(pid: number): Promise<void>;
  /**
   * Asks the process group (Windows: the process tree) of `pid` to end. No error when it is gone.
   * Only for a pid whose identity was just checked.
   */
  askToEnd(pid: number): Promise<void>;
}

export function createProcessTable(platform: NodeJS.Platform): ProcessTable {
  if (platform === "linux") return new LinuxProcessTable();
  return platform === "win32" ? new WindowsProcessTable() : new PosixProcessTable();
}

/** Whether exactly this process still runs, and not a later one with its number. */
export async function isAlive(table: ProcessTable, identity: ProcessIdentity): Promise<boolean> {
  const found = await table.identify(identity.pid);
  return found !== null && found.startTime === identity.startTime;
}
