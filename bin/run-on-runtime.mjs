// Plain JavaScript for any Node from 18 on.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const FORWARDED = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Runs a script on `runtime` with this process's streams and passes signals on.
 *
 * @param {string} runtime
 * @param {readonly string[]} args
 * @param {import("node:child_process").StdioOptions} [stdio]
 * @returns {Promise<number>} the exit code; 128 + signal number when a signal ended it
 */
export async function runOnRuntime(runtime, args, stdio = "inherit") {
  const child = spawn(runtime, [...args], { stdio, windowsHide: true });
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      // A terminal sends Ctrl-C to the whole group: passed on as well, it would arrive twice.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    for (const stop of listeners) stop();
  }
}
