import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { exchangeLink } from "#tests/helpers/page-session.ts";
import { createProgram } from "#tests/helpers/program.ts";

const LAUNCHER = join(import.meta.dirname, "..", "..", "bin", "launch.mjs");
const LINK = /http:\/\/127\.0\.0\.1:\d+\/#signin=\S+/;

/** `npm start -- --web --no-open` by a person who has never used Pilothouse. */
async function createNewcomer() {
  // Builds what is stale before anybody counts lines.
  await using _built = await createProgram();
  const home = await mkdtemp(join(tmpdir(), "pilothouse-home-"));
  const started = new Set<ChildProcess>();
  return {
    start() {
      const child = spawn(process.execPath, [LAUNCHER, "start", "--web", "--no-open"], {
        cwd: home,
        env: { PATH: process.env["PATH"], HOME: home },
        stdio: ["ignore", "pipe", "pipe"],
      });
      started.add(child);
      return child;
    },
    async [Symbol.asyncDispose]() {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What a process says until its first line is whole. */
async function firstLine(stdout: Readable): Promise<string> {
  let output = "";
  for await (const chunk of stdout) {
    output += String(chunk);
    if (output.includes("\n")) break;
  }
  return output;
}

test("npm start says one line with the address, and a second one gives a fresh link to the same page", async () => {
  await using newcomer = await createNewcomer();
  const first = newcomer.start();
  const said = await firstLine(first.stdout);

  const second = newcomer.start();
  const [again, errors, [code]] = await Promise.all([
    text(second.stdout),
    text(second.stderr),
    once(second, "exit"),
  ]);

  const links = [said, again].map((output) => LINK.exec(output)?.[0] ?? "");
  expect([said, again].map((output) => output.trimEnd().split("\n").length)).toEqual([1, 1]);
  expect([code, errors]).toEqual([0, ""]);
  expect(new URL(links[0] ?? "").host).toBe(new URL(links[1] ?? "").host);
  expect(links[0]).not.toBe(links[1]);
  // Both are good, and each for a session of its own.
  const sessions = await Promise.all(links.map((link) => exchangeLink(link)));
  expect(new Set(sessions.map(({ session }) => session)).size).toBe(2);
  expect(first.exitCode).toBeNull();
});
