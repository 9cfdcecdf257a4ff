import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ProcessIdentity } from "#core/spool/record.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

const execute = promisify(execFile);
const LIMITS = { timeout: 10_000, maxBuffer: 64 << 20, windowsHide: true };

interface WindowsRow {
  readonly ProcessId: number;
  readonly ParentProcessId: number;
  readonly Started: string;
  readonly CpuTime: number;
  readonly WorkingSetSize: number;
}

/**
 * Asks WMI through PowerShell and ends with taskkill. Best effort: the environment of another process cannot
 * be read, so a process that left the tree is found only if it was recorded before.
 */
export class WindowsProcessTable implements ProcessTable {
  async bootId(): Promise<string> {
    return this.#ask("(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()");
  }

  async identify(pid: number): Promise<ProcessIdentity | null> {
    const [found] = await this.#rows(` -Filter 'ProcessId=${Math.trunc(pid)}'`);
    return found === undefined ? null : { pid, startTime: found.startTime };
  }

  async all(): Promise<readonly ProcessEntry[]> {
    return this.#rows("");
  }

  async ofRun(): Promise<readonly ProcessIdentity[]> {
    return [];
  }

  async kill(pid: number): Promise<void> {
    await this.#taskkill(["/F", "/PID", String(pid)]);
  }

  async askToEnd(pid: number): Promise<void> {
    await this.#taskkill(["/T", "/PID", String(pid)]);
  }

  async #taskkill(args: readonly string[]): Promise<void> {
    try {
      await execute("taskkill", args, LIMITS);
    } catch {
      // Gone already, or without a window to ask: the caller looks at the table afterwards.
    }
  }

  async #rows(filter: string): Promise<readonly ProcessEntry[]> {
    const columns =
      "ProcessId,ParentProcessId,WorkingSetSize,@{n='Started';e={$_.CreationDate.ToFileTimeUtc().ToString()}}," +
      "@{n='CpuTime';e={($_.KernelModeTime+$_.UserModeTime)/1e7}}";
    const text = await this.#ask(
      `ConvertTo-Json -Compress @(Get-CimInstance Win32_Process${filter} | Where-Object CreationDate | Select-Object ${columns})`,
    );
    return (JSON.parse(text === "" ? "[]" : text) as readonly WindowsRow[]).map((row) => ({
      pid: row.ProcessId,
      parentPid: row.ParentProcessId,
      startTime: row.Started,
      cpuSeconds: row.CpuTime,
      memoryBytes: row.WorkingSetSize,
    }));
  }

  async #ask(script: string): Promise<string> {
    const flags = ["-NoProfile", "-NonInteractive", "-Command", script];
    return (await execute("powershell.exe", flags, LIMITS)).stdout.trim();
  }
}
