import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { OutputChunk } from "#main/drivers/index.ts";
import {
  bytesOf,
  CANARY,
  type DriverUnderTest,
  forever,
  hear,
  hearUntil,
  newRunId,
  started,
  textOf,
} from "./driver-under-test.ts";

const CORPUS: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: "all 256 byte values", bytes: Uint8Array.from({ length: 256 }, (_, value) => value) },
  { name: "only NUL bytes", bytes: new Uint8Array(1000) },
  {
    name: "invalid UTF-8",
    bytes: Uint8Array.from([0xc3, 0x28, 0xa0, 0xa1, 0xe2, 0x28, 0xed, 0xa0, 0x80, 0xff]),
  },
  { name: "carriage returns and line feeds", bytes: Buffer.from("a\r\nb\rc\n\n\r\r\n") },
  { name: "no line end at all", bytes: Buffer.from("half a line") },
  { name: "escape sequences", bytes: Buffer.from("\u001b]0;title\u0007\u001b[2J\u001b[31mred") },
  { name: "a line of a million characters", bytes: Buffer.alloc(1_000_000, "x") },
  {
    name: "a frame of the spool itself",
    bytes: Uint8Array.from([0xf5, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
  },
  { name: "nothing", bytes: new Uint8Array(0) },
];

/** A run in a container takes half a second on a quiet machine; see `manyRuns`. */
const MANY_RUNS_MS = 180_000;

/** The rules in `driver.ts`, run against every driver and against the fake. */
export function describeDriverContract(name: string, make: () => Promise<DriverUnderTest>): void {
  describe(`driver contract: ${name}`, () => {
    describeErrors(make);
    describeOutput(make);
    describeAdoption(make);
    describeStop(make);
    describeIdentity(make);
  });
}

type Make = () => Promise<DriverUnderTest>;

/** Rules 1 and 2. */
function describeErrors(make: Make): void {
  it("lets no system error out of a start that cannot be", async () => {
    await using subject = await make();
    const spec = await subject.impossibleSpec();

    const failure = await subject.driver.start(spec, forever).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(AppError);
  });

  it("leaves nothing behind when the signal has aborted before the start", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "wait" });

    const failure = await subject.driver.start(spec, AbortSignal.abort()).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: "run.cancelled" });
    expect(await subject.countProcesses(spec.runId)).toBe(0);
    expect(await subject.driver.list(forever)).toEqual([]);
  });

  it("can start a run whose first try was taken back", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "nothing" });
    await subject.driver.start(spec, AbortSignal.abort()).catch(() => undefined);

    const { exit } = await hear(await started(subject.driver, spec));

    expect(exit.exitCode).toBe(0);
  });
}

/** Rule 3. */
function describeOutput(make: Make): void {
  it.each(CORPUS)("keeps $name on both streams", async ({ bytes }) => {
    await using subject = await make();
    const pieces = (["stdout", "stderr"] as const).map((stream) => ({ stream, bytes }));
    const spec = await subject.specOf({ does: "print", pieces });

    const { chunks } = await hear(await started(subject.driver, spec));

    expect(bytesOf(chunks, "stdout").equals(bytes)).toBe(true);
    expect(bytesOf(chunks, "stderr").equals(bytes)).toBe(true);
  });

  it("keeps a flood of a million lines, byte for byte", async () => {
    await using subject = await make();
    const count = 1_000_000;
    const wanted = createHash("sha256");
    for (let line = 1; line <= count; line += 1) wanted.update(`${line}\n`);
    const handle = await started(subject.driver, await subject.specOf({ does: "count", count }));

    const heard = createHash("sha256");
    for await (const chunk of handle.output) {
      heard.update(bytesOf([chunk]));
      handle.acknowledge(chunk.cursor);
    }

    expect(heard.digest("hex")).toBe(wanted.digest("hex"));
    expect((await handle.exit).exitCode).toBe(0);
  });

  it("says where output is missing that it had to keep, and goes on behind it", async () => {
    await using subject = await make();
    const count = 1_000_000;
    const spec = await subject.specOf({ does: "count", count });
    const whole = bytesOf((await hear(await started(subject.driver, spec))).chunks);
    await subject.loseBeginning(spec.runId);

    const again = await subject.driver.adopt({ runId: spec.runId, ref: null, afterCursor: null }, forever);
    if (again === null) throw new Error("the run was not found again");
    const { chunks, exit } = await hear(again);

    const [first, ...others] = chunks;
    const rest = bytesOf(others);
    expect(first).toMatchObject({ gap: { sizeBytes: null, cause: "copy-lost" } });
    expect(others.every((chunk) => "bytes" in chunk)).toBe(true);
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(whole.length);
    expect(whole.subarray(-rest.length).equals(rest)).toBe(true);
    expect(exit.exitCode).toBe(0);
  });

  it("keeps pieces of both streams in the order in which they came", async () => {
    await using subject = await make();
    const words = ["one", "two", "three", "four", "five", "six"];
    const pieces = words.map((word, index) => ({
      stream: index % 2 === 0 ? ("stdout" as const) : ("stderr" as const),
      bytes: Buffer.from(`${word} `),
    }));
    const spec = await subject.specOf({ does: "print-in-turn", pieces });
    const handle = await started(subject.driver, spec);
    const live: OutputChunk[] = [];
    const isOver = (async () => {
      for await (const chunk of handle.output) live.push(chunk);
    })();
    for (const [index, { bytes }] of pieces.entries()) {
      await subject.giveTurn(spec.runId, index);
      await expect.poll(() => textOf(live)).toContain(bytes.toString());
    }
    await isOver;
    const again = await subject.driver.adopt({ runId: spec.runId, ref: null, afterCursor: null }, forever);
    if (again === null) throw new Error("the run was not found again");
    const { chunks: kept } = await hear(again);

    for (const chunks of [live, kept]) {
      expect(bytesOf(chunks, "stdout").toString()).toBe("one three five ");
      expect(bytesOf(chunks, "stderr").toString()).toBe("two four six ");
      expect(textOf(chunks)).toBe("one two three four five six ");
    }
  });

  it("settles the exit only after the last chunk", async () => {
    await using subject = await make();
    const pieces = [{ stream: "stdout" as const, bytes: Buffer.from("last words") }];
    const handle = await started(subject.driver, await subject.specOf({ does: "print", pieces }));
    const order: string[] = [];
    const exit = handle.exit.then(() => order.push("exit"));

    for await (const chunk of handle.output) order.push(textOf([chunk]));
    order.push("end of output");
    await exit;

    expect(order.slice(-2)).toEqual(["end of output", "exit"]);
    expect(order.slice(0, -2).join("")).toBe("last words");
  });

  it.each([0, 1, 42, 255])("reports exit code %i", async (exitCode) => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "print", pieces: [], exitCode });

    const { exit } = await hear(await started(subject.driver, spec));

    expect(exit).toMatchObject({ exitCode, signal: null, cause: "ended" });
  });

  it("reports the signal that ended a run", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "die-by-signal", signal: "SIGUSR2" });

    const { exit } = await hear(await started(subject.driver, spec));

    expect(exit).toMatchObject({ exitCode: null, signal: "SIGUSR2", cause: "ended" });
  });

  it(
    "keeps the exit code of each of many short runs",
    async () => {
      await using subject = await make();
      const codes: (number | null)[] = [];
      for (let index = 0; index < subject.manyRuns; index += 1) {
        const spec = await subject.specOf({ does: "nothing" });
        codes.push((await hear(await started(subject.driver, spec))).exit.exitCode);
      }

      expect(codes).toEqual(Array.from({ length: subject.manyRuns }, () => 0));
    },
    MANY_RUNS_MS,
  );
}

/** Rules 4 and 5. */
function describeAdoption(make: Make): void {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}\n`);
  const pieces = lines.map((line) => ({ stream: "stdout" as const, bytes: Buffer.from(line) }));

  it.each([
    { phase: "before its first byte", taken: 0 },
    { phase: "midway", taken: 20 },
    { phase: "after its last byte", taken: Number.POSITIVE_INFINITY },
  ])("goes on where the last core stopped reading: $phase", async ({ taken }) => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "print", pieces, exitCode: 7 });
    const first = await started(subject.driver, spec);
    const before: OutputChunk[] = [];
    if (taken > 0) {
      for await (const chunk of first.output) {
        before.push(chunk);
        if (before.length >= taken) break;
      }
    }
    await first.detach();
    await subject.endCore();
    await using next = await subject.createNext();

    const afterCursor = before.at(-1)?.cursor ?? null;
    const adopted = await next.adopt({ runId: spec.runId, ref: first.ref, afterCursor }, forever);
    if (adopted === null) throw new Error("the run was not found again");
    const { chunks, exit } = await hear(adopted);

    expect(textOf([...before, ...chunks])).toBe(lines.join(""));
    expect(exit.exitCode).toBe(7);
  });

  it("finds a live run by its id alone, and stops it", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "wait" }, { graceMs: 10_000 });
    const first = await started(subject.driver, spec);
    await hearUntil(first, "ready\n");
    await first.detach();
    await subject.endCore();
    await using next = await subject.createNext();

    const adopted = await next.adopt({ runId: spec.runId, ref: null, afterCursor: null }, forever);
    if (adopted === null) throw new Error("the run was not found again");
    const outcome = await adopted.stop("soft");

    expect(adopted).toMatchObject({ pid: first.pid, startedAtMs: first.startedAtMs });
    expect(outcome).toEqual({ isGone: true, wasKilled: false, survivors: [] });
    expect(textOf((await hear(adopted)).chunks)).toBe("ready\n");
    expect(await subject.countProcesses(spec.runId)).toBe(0);
  });

  it("says the same about an ended run as often as it is asked", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "print", pieces, exitCode: 3 });
    const first = await hear(await started(subject.driver, spec));

    const request = { runId: spec.runId, ref: null, afterCursor: null };
    const again = await subject.driver.adopt(request, forever);
    if (again === null) throw new Error("the run was not found again");

    expect(await hear(again)).toEqual(first);
  });

  it("does not know a run that was never started, or was removed", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "nothing" });
    await hear(await started(subject.driver, spec));
    await subject.driver.remove(spec.runId);

    const find = (runId: RunId) => subject.driver.adopt({ runId, ref: null, afterCursor: null }, forever);

    expect(await find(newRunId())).toBeNull();
    expect(await find(spec.runId)).toBeNull();
    expect(await subject.driver.list(forever)).toEqual([]);
  });
}

/** Rule 6. */
function describeStop(make: Make): void {
  it("ends a run that obeys a soft stop without killing it", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "wait" }, { graceMs: 10_000 });
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "ready\n");

    const outcome = await handle.stop("soft");

    expect(outcome).toEqual({ isGone: true, wasKilled: false, survivors: [] });
    expect(await subject.countProcesses(spec.runId)).toBe(0);
  });

  it("kills a run that ignores a soft stop when the grace time is over", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "wait", ignoresSoftStop: true }, { graceMs: 300 });
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "ready\n");

    const outcome = await handle.stop("soft");

    expect(outcome).toEqual({ isGone: true, wasKilled: true, survivors: [] });
    expect(await subject.countProcesses(spec.runId)).toBe(0);
  });

  it.each(["soft", "hard"] as const)("ends children that left the tree with a %s stop", async (mode) => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "wait-with-family" }, { graceMs: 300 });
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "ready\n");
    expect(await subject.countProcesses(spec.runId)).toBeGreaterThan(0);

    const outcome = await handle.stop(mode);

    expect(outcome).toMatchObject({ isGone: true, survivors: [] });
    expect(await subject.countProcesses(spec.runId)).toBe(0);
  });

  it("answers a stop of an ended run calmly", async () => {
    await using subject = await make();
    const handle = await started(subject.driver, await subject.specOf({ does: "nothing" }));
    await hear(handle);

    expect(await handle.stop("hard")).toEqual({ isGone: true, wasKilled: false, survivors: [] });
    expect(await handle.stop("soft")).toEqual({ isGone: true, wasKilled: false, survivors: [] });
  });
}

/** Rules 7 and 8. */
function describeIdentity(make: Make): void {
  it("never starts the same run twice, also when it has ended", async () => {
    await using subject = await make();
    const spec = await subject.specOf({ does: "nothing" });
    await hear(await started(subject.driver, spec));
    await subject.endCore();
    await using next = await subject.createNext();

    const failure = await next.start(spec, forever).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: "start.refused" });
  });

  it("lists the runs the target knows", async () => {
    await using subject = await make();
    const specs = [await subject.specOf({ does: "nothing" }), await subject.specOf({ does: "nothing" })];
    for (const spec of specs) await hear(await started(subject.driver, spec));

    expect([...(await subject.driver.list(forever))].sort()).toEqual(specs.map(({ runId }) => runId).sort());
  });

  it("gives a run the variables of Pilothouse and its manifest, and none of the core's", async () => {
    await using subject = await make();
    const changes = {
      env: { LOG_LEVEL: "debug", PILOTHOUSE_AGENT: "forged" },
      inputJson: '{"shop":"ä"}',
      port: 4711,
    };
    const spec = await subject.specOf({ does: "show-environment" }, changes);

    const { chunks } = await hear(await started(subject.driver, spec));
    const env = JSON.parse(textOf(chunks)) as Record<string, string>;

    expect(env).toMatchObject({
      LOG_LEVEL: "debug",
      PILOTHOUSE_RUN_ID: spec.runId,
      PILOTHOUSE_AGENT: spec.agent,
      PILOTHOUSE_RELEASE: spec.release,
      PILOTHOUSE_INPUT: '{"shop":"ä"}',
      PILOTHOUSE_PORT: "4711",
    });
    expect(JSON.stringify(env)).not.toContain(CANARY);
  });
}
