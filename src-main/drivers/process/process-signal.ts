import process from "node:process";

/**
 * Sends a signal; a target that is gone (ESRCH) or belongs to somebody else (EPERM) is left alone, because
 * whoever asks looks at the process table afterwards anyway.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
