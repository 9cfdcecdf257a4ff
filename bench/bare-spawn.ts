import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What a user would take instead of a run: a spawned process with its own log file, and nothing else.
 *
 * @returns what the process printed
 */
export async function spawnWithLogFile(folder: string, command: readonly string[]): Promise<string> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("a command has at least one word");
  const file = join(folder, `${crypto.randomUUID()}.log`);
  const log = openSync(file, "a");
  try {
    const child = spawn(program, args, { stdio: ["ignore", log, log], detached: true });
    await once(child, "exit");
  } finally {
    closeSync(log);
  }
  return await readFile(file, "utf8");
}
