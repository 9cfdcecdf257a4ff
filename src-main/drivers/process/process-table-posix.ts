import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ProcessIdentity } from "#core/spool/record.ts";
import { sendSignal } from "./process-signal.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

const execute = promisify(execFile);
const LIMITS = {
  timeout: 5_000,
  maxBuffer: 64 << 20,
  env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" },
};

/**
 * Asks `ps`: for systems without /proc (macOS). Best effort: start times have a resolution of one second,
 * and the environment of a process is visible only to its own user.
 */
export class PosixProcessTable implements ProcessTable {
  async bootId(): Promise<string> {
    const { stdout } = await execute("sysctl", ["-n", "kern.boottime"], LIMITS);
    return stdout.trim();
  }

  async identify(pid: number): Promise<ProcessIdentity | null> {
    const found = (await this.#list(["-p", String(pid)])).find((entry) => entry.pid === pid);
    return found === undefined ? null : { pid, startTime: found.startTime };
  }

  async all(): Promise<readonly ProcessEntry[]> {
    return this.#list(["-A"]);
  }

  async ofRun(runId: string, among: readonly ProcessIdentity[]): Promise<readonly ProcessIdentity[]> {
    const { stdout } = await execute("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], LIMITS);
    const lines = stdout.split("\n").filter((line) => line.includes(` PILOTHOUSE_RUN_ID=${runId}`));
    const pids = new Set(lines.map((line) => Number.parseInt(line, 10)));
    return among.filter(({ pid }) => pids.has(pid));
  }

  async kill(pid: number): Promise<void> {
    sendSignal(pid, "SIGKILL");
  }

  async askToEnd(pid: number): Promise<void> {
    sendSignal(-pid, "SIGTERM");
  }

  async #list(selection: readonly string[]): Promise<readonly ProcessEntry[]> {
    const columns = ["-o", "pid=,ppid=,stat=,rss=,time=,lstart="];
    // ps exits with 1 when nothing matches; its output is empty then.
    const stdout = await execute("ps", [...selection, ...columns], LIMITS).then(
      (result) => result.stdout,
      () => "",
    );
    return stdout
      .split("\n")
      .map(parseLine)
      .filter((entry) => entry !== null);
  }
}

function parseLine(line: string): ProcessEntry | null {
  const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
  if (match === null || match[3]?.startsWith("Z")) return null;
  return {
    pid: Number(match[1]),
    parentPid: Number(match[2]),
    startTime: match[6] ?? "",
    cpuSeconds: parseCpuTime(match[5] ?? "0"),
    memoryBytes: Number(match[4]) * 1024,
  };
}

/** `[[days-]hours:]minutes:seconds`. */
function parseCpuTime(text: string): number {
  const [clock = "0", days = "0"] = text.split("-").reverse();
  return clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
