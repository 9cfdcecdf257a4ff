import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import type { EngineProduct } from "../helpers/engines.ts";

const CHILD = join(import.meta.dirname, "engine-left-child.ts");
const SLOW_MS = 180_000;

/** Processes that name `folder`: daemons, shims, monitors, and the container's program, which was given it. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "")),
  );
  return commands.filter((command) => command.includes(folder));
}

it.each<EngineProduct>(["docker", "podman"])(
  "a suite that is killed leaves nothing of its %s behind",
  async (product) => {
    const suite = spawn(process.execPath, [CHILD, product], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(suite, "exit");
    try {
      const [folder] = (await Promise.race([
        once(createInterface({ input: suite.stdout }), "line"),
        ended.then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
      ])) as [string];
      const program = (command: string) => command.startsWith("sh\0-c");
      await expect.poll(async () => (await processesOf(folder)).filter(program)).toHaveLength(1);

      suite.kill("SIGKILL");
      await ended;

      await expect.poll(() => processesOf(folder), { timeout: 60_000 }).toEqual([]);
      await expect.poll(() => existsSync(folder), { timeout: 60_000 }).toBe(false);
      expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(folder);
    } finally {
      suite.kill("SIGKILL");
    }
  },
  SLOW_MS,
);
