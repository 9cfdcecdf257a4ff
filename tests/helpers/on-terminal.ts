import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Program } from "./program.ts";

const CLI = path.join(import.meta.dirname, "..", "..", "dist", "main", "cli.js");

/** Gives the program a terminal of its own and hands over everything that reaches it. */
const TERMINAL = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** Runs a command where a person would sit, in a real pseudo-terminal. */
export async function onTerminal(
  program: Program,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; bytes: Buffer }> {
  const child = spawn("python3", ["-c", TERMINAL, process.execPath, CLI, ...args, "--data", program.data], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      ...env,
    },
  });
  const ended = once(child, "close");
  const bytes = Buffer.concat(await Array.fromAsync(child.stdout));
  const [code] = await ended;
  return { code: code as number | null, bytes };
}
