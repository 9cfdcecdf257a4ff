import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { agentNameSchema, type RunId, runIdSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { DataFolder, SystemClock } from "#main/platform/index.ts";
import type { NewRun } from "#main/runs/index.ts";
import { openStore } from "#main/store/index.ts";

const run = promisify(execFile);

export const NO_ROOT = "needs root, to mount a small file system";
export const isRoot = process.getuid?.() === 0;

export function idOf(number: number): RunId {
  return runIdSchema.parse(number.toString().padStart(16, "0"));
}

export function newRun(number: number, inputBytes = 0): NewRun {
  return {
    id: idOf(number),
    agent: agentNameSchema.parse("collector"),
    target: THIS_COMPUTER,
    release: null,
    inputJson: JSON.stringify("x".repeat(inputBytes)),
    attempt: 1,
    previousRunId: null,
    door: "cli",
    createdAtMs: number,
    dueAtMs: null,
    manifestJson: "{}",
  };
}

export function placeIn(folder: string): DataFolder {
  return new DataFolder(folder, { platform: process.platform, env: {}, home: "/", tmp: tmpdir() });
}

export async function openStoreIn(folder: string) {
  return await openStore({
    place: placeIn(folder),
    clock: new SystemClock(),
    onSnapshotFailed: () => undefined,
  });
}

export async function createFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-fault-"));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** A file system of its own, of `sizeKib`. */
export async function mountSmallDisk(sizeKib: number) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-small-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${sizeKib}k,mode=0700`, "tmpfs", folder]);
  const remount = (option: string) => run("mount", ["-o", `remount,${option}`, folder]);
  return {
    folder,
    makeReadOnly: () => remount("ro"),
    makeWritable: () => remount("rw"),
    grow: (toKib: number) => remount(`size=${toKib}k`),
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", folder]);
      await rm(folder, { recursive: true });
    },
  };
}

/** Content of the log chunk with this number; sizes vary so that borders fall everywhere. */
export function chunkOf(number: number): Buffer {
  return Buffer.from(`chunk ${number} ${"x".repeat((number * 37) % 400)}\n`);
}
