import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeFrames } from "#core/spool/frame.ts";
import { decodeRecord, type StartedRecord } from "#core/spool/record.ts";
import type { Driver, RunSpec } from "#main/drivers/index.ts";
import {
  makeProcessDriver,
  type ProcessDriverUnderTest,
  processesOf,
} from "../contract/driver-process-target.ts";
import { forever, hear, hearUntil, started, textOf } from "../contract/driver-under-test.ts";

interface JournalLine {
  readonly pid?: number;
  readonly base64?: string;
  readonly cursor?: string;
  readonly exit?: unknown;
}

const LINES = 400;
const COUNT_SLOWLY = `i=0; while [ $i -lt ${LINES} ]; do echo line $i; i=$((i+1)); [ $((i % 10)) = 0 ] && sleep 0.01; done; exit 9`;
const EXPECTED = Array.from({ length: LINES }, (_, index) => `line ${index}\n`).join("");

function startCore(subject: ProcessDriverUnderTest, spec: RunSpec): { core: ChildProcess; journal: string } {
  const journal = join(subject.folder, "journal");
  const { clock: _clock, ...deps } = subject.deps;
  const script = join(import.meta.dirname, "process-core.ts");
  const args = [script, JSON.stringify(deps), JSON.stringify(spec), journal];
  return { core: spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }), journal };
}

async function readJournal(file: string): Promise<readonly JournalLine[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  // A line that the kill cut off was not stored.
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalLine);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function supervisorOf(subject: ProcessDriverUnderTest, spec: RunSpec): Promise<number> {
  const file = join(subject.deps.runsFolder, spec.runId, "spool", "1.spool");
  const [first] = decodeFrames(await readFile(file), 0, crc32).frames;
  if (first === undefined) throw new Error("the spool has no start record");
  return decodeRecord<StartedRecord>(first.payload).supervisor.pid;
}

describe("a core that is killed", () => {
  it.each([
    { phase: "as soon as the run exists", chunks: 0 },
    { phase: "after its first output", chunks: 1 },
    { phase: "midway", chunks: 15 },
    { phase: "when all is over", chunks: Number.POSITIVE_INFINITY },
  ])("loses and repeats no byte of the run: $phase", async ({ chunks }) => {
    await using subject = await makeProcessDriver({ spool: { rotateBytes: 500, drainMs: 500 } });
    const spec = subject.specOfCommand(["sh", "-c", COUNT_SLOWLY]);
    const { core, journal } = startCore(subject, spec);
    await until(async () => {
      const lines = await readJournal(journal);
      return Number.isFinite(chunks) ? lines.length > chunks : lines.some(({ exit }) => exit !== undefined);
    });
    core.kill("SIGKILL");
    await once(core, "exit");

    const stored = (await readJournal(journal)).filter(({ base64 }) => base64 !== undefined);
    const afterCursor = stored.at(-1)?.cursor ?? null;
    const adopted = await subject.driver.adopt({ runId: spec.runId, ref: null, afterCursor }, forever);
    if (adopted === null) throw new Error("the run was not found again");
    const rest = await hear(adopted);

    const before = Buffer.concat(stored.map(({ base64 = "" }) => Buffer.from(base64, "base64"))).toString();
    expect(before + textOf(rest.chunks)).toBe(EXPECTED);
    expect(rest.exit).toMatchObject({ exitCode: 9, cause: "ended" });
    expect(await processesOf(spec.runId)).toEqual([]);
  });

  it("leaves no supervisor behind once its runs are over", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(["sh", "-c", "echo up; sleep 0.3"]);
    const { core, journal } = startCore(subject, spec);
    await until(async () => (await readJournal(journal)).length > 1);
    const supervisor = await supervisorOf(subject, spec);

    core.kill("SIGKILL");
    await once(core, "exit");

    await until(async () => (await readFile(`/proc/${supervisor}/stat`).catch(() => null)) === null);
    expect(
      (await subject.driver.adopt({ runId: spec.runId, ref: null, afterCursor: null }, forever))?.pid,
    ).toBeTypeOf("number");
  });
});

describe("a supervisor that is killed", () => {
  const chatty = ["sh", "-c", "echo ready; setsid sleep 600 & while :; do sleep 0.05; echo more; done"];

  async function expectUnknown(driver: Driver, spec: RunSpec): Promise<void> {
    const adopted = await driver.adopt({ runId: spec.runId, ref: null, afterCursor: null }, forever);
    if (adopted === null) throw new Error("the run was not found");
    const { chunks, exit } = await hear(adopted);
    expect(textOf(chunks)).toMatch(/^ready\n(more\n)*$/);
    expect(chunks.at(-1)).toMatchObject({ gap: { sizeBytes: null, cause: "watcher-ended" } });
    expect(exit).toMatchObject({ exitCode: null, signal: null, cause: "unknown" });
    expect(await processesOf(spec.runId)).toEqual([]);

    // A core that stored all of it and was killed before it stored the end hears the end alone.
    const afterCursor = chunks.at(-1)?.cursor ?? null;
    const again = await driver.adopt({ runId: spec.runId, ref: null, afterCursor }, forever);
    if (again === null) throw new Error("the run was not found again");
    const heard = await hear(again);
    expect(heard.chunks).toEqual([]);
    expect(heard.exit).toMatchObject({ exitCode: null, signal: null, cause: "unknown" });
  }

  it("ends the run as unknown, with all it said, and leaves none of its processes", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(chatty);
    const handle = await started(subject.driver, spec);
    const output = handle.output[Symbol.asyncIterator]();
    await output.next();

    process.kill(await supervisorOf(subject, spec), "SIGKILL");
    while ((await output.next()).done !== true);

    expect(await handle.exit).toMatchObject({ exitCode: null, cause: "unknown" });
    expect(await processesOf(spec.runId)).toEqual([]);
  });

  it("is a gap in the log, behind everything it wrote down", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(chatty);
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "ready\n");
    await handle.detach();
    process.kill(await supervisorOf(subject, spec), "SIGKILL");

    await expectUnknown(subject.driver, spec);
  });

  it("is noticed by the next core as well", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(chatty);
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "ready\n");
    await handle.detach();
    await subject.endCore();
    process.kill(await supervisorOf(subject, spec), "SIGKILL");
    await using next = await subject.createNext();

    await expectUnknown(next, spec);
  });

  it("does not keep a run from being stopped", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand([
      "sh",
      "-c",
      "trap '' TERM; echo ready; setsid sleep 600 & while :; do sleep 1; done",
    ]);
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "ready\n");
    process.kill(await supervisorOf(subject, spec), "SIGKILL");

    const outcome = await handle.stop("hard");

    expect(outcome).toMatchObject({ isGone: true, survivors: [] });
    expect(await processesOf(spec.runId)).toEqual([]);
  });
});
