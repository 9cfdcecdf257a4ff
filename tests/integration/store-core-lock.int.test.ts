import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { DataFolder, SystemClock } from "#main/platform/index.ts";
import { CoreLock } from "#main/store/index.ts";

const CHILD = fileURLToPath(new URL("./store-lock-child.ts", import.meta.url));
const answerSchema = z.object({
  pid: z.number(),
  isOwner: z.boolean(),
  code: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-lock-"));
  const place = new DataFolder(folder, { platform: "linux", env: {}, home: "/", tmp: "/tmp" });
  const children: ChildProcess[] = [];
  return {
    folder,
    acquire: () => CoreLock.acquire({ place, clock: new SystemClock(), pid: process.pid, entry: "web" }),
    /** Another process that tries to become the core. */
    async start(entry = "cli") {
      const child = spawn(process.execPath, [CHILD, folder, entry], { stdio: ["pipe", "pipe", "inherit"] });
      children.push(child);
      const exited = once(child, "exit");
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      return { child, exited, answer: answerSchema.parse(JSON.parse(String(line))) };
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill("SIGKILL");
      await rm(folder, { recursive: true });
    },
  };
}

test("of twenty cores that start at once exactly one owns the folder, and the others name it", async () => {
  await using context = await setup();

  const started = await Promise.all(Array.from({ length: 20 }, () => context.start("web")));

  const owners = started.filter(({ answer }) => answer.isOwner);
  expect(owners).toHaveLength(1);
  const refused = started
    .filter(({ answer }) => !answer.isOwner)
    .map(({ answer: { code, details } }) => ({ code, details }));
  const socket = path.join(context.folder, "core.sock");
  const expected = {
    code: "core.already_running",
    details: { folder: context.folder, pid: owners[0]?.answer.pid, entry: "web", socket },
  };
  expect(refused).toEqual(Array.from({ length: 19 }, () => expected));
});

test("the lock of a killed core is free the moment it is dead", async () => {
  await using context = await setup();
  for (let count = 0; count < 5; count += 1) {
    const { child, exited, answer } = await context.start();
    expect(answer.isOwner).toBe(true);
    child.kill("SIGKILL");
    await exited;

    await using lock = await context.acquire();
    expect(lock).toBeInstanceOf(CoreLock);
  }
});

test("a core that is only stopped keeps its folder", async () => {
  await using context = await setup();
  const { child, exited, answer } = await context.start("desktop");
  child.kill("SIGSTOP");

  const refusal = expect.objectContaining({
    code: "core.already_running",
    details: expect.objectContaining({ pid: answer.pid, entry: "desktop" }),
  });
  await expect(context.acquire()).rejects.toEqual(refusal);
  child.kill("SIGCONT");
  await expect(context.acquire()).rejects.toEqual(refusal);
  child.stdin?.end();
  await exited;

  await using lock = await context.acquire();
  expect(lock).toBeInstanceOf(CoreLock);
});

test("a core that leaves in order leaves no note, and a note alone keeps nobody out", async () => {
  await using context = await setup();
  {
    await using lock = await context.acquire();
    expect(lock).toBeInstanceOf(CoreLock);
    await expect(context.acquire()).rejects.toEqual(
      expect.objectContaining({ code: "core.already_running" }),
    );
    expect(await readdir(context.folder)).toContain("core-owner.json");
  }
  expect(await readdir(context.folder)).not.toContain("core-owner.json");
  for (const note of ["{", '{"pid":1,"entry":"web","startedAtMs":0,"socket":""}']) {
    await writeFile(path.join(context.folder, "core-owner.json"), note);
    await using lock = await context.acquire();
    expect(lock).toBeInstanceOf(CoreLock);
  }
});

test("a second core in the same process is refused and does not loosen the lock of the first", async () => {
  await using context = await setup();
  await using lock = await context.acquire();
  expect(lock).toBeInstanceOf(CoreLock);
  await expect(context.acquire()).rejects.toThrow();

  const { answer } = await context.start();

  expect(answer).toMatchObject({ isOwner: false, details: { pid: process.pid } });
});
