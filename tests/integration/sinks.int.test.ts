import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { agentNameSchema } from "#contract/ids.ts";
import { type Receiver, startLoki, startOtlp } from "#tests/helpers/log-receivers.ts";
import { createSinkHarness } from "#tests/helpers/sink-harness.ts";

const KINDS = [
  ["loki", startLoki],
  ["otlp", startOtlp],
] as const;

const textsOf = ({ lines }: Receiver) => lines.map(({ text }) => text);
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

async function printLines(run: { print(text: string): Promise<void> }, from: number, to: number) {
  await run.print(`${numbered(from, to).join("\n")}\n`);
}

describe.each(KINDS)("%s", (kind, start) => {
  async function setup() {
    const receiver = await start();
    const harness = await createSinkHarness();
    return {
      receiver,
      harness,
      set: (more: object = {}) => harness.set("out", { kind, url: receiver.url }, more),
      async [Symbol.asyncDispose]() {
        await harness[Symbol.asyncDispose]();
        await receiver[Symbol.asyncDispose]();
        expect(receiver.problems).toEqual([]);
      },
    };
  }

  test("lines of runs arrive once, in order, with what they say of themselves", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    await context.set();
    const run = await harness.beginRun();
    await run.print('{"level":"error","msg":"broken","time":"2024-05-06T07:08:09Z"}\nplain\n');
    await run.print("on stderr\nunfinished", "stderr");
    await run.end();

    await receiver.until(4);
    const sink = await harness.until("out", ({ sentLines, state }) => state === "idle" && sentLines === 4);

    expect(textsOf(receiver)).toEqual([
      '{"level":"error","msg":"broken","time":"2024-05-06T07:08:09Z"}',
      "plain",
      "on stderr",
      "unfinished",
    ]);
    expect(new Set(receiver.lines.map(({ atNanos }) => atNanos)).size).toBe(4);
    expect(sink).toMatchObject({ waitingBytes: 0, waitingRuns: 0, trouble: null, refusedLines: 0 });
    expect(sink.lastSentAtMs).toBeGreaterThan(0);
    const facts =
      kind === "loki"
        ? { job: "pilothouse", agent: "worker", run: run.id, stream: "stdout" }
        : {
            "service.name": "worker",
            "service.instance.id": run.id,
            "log.record.uid": `${run.id}-1`,
            "log.iostream": "stdout",
            severity: "17",
            time: "1714979289000000001",
          };
    expect(receiver.lines[0]?.facts).toMatchObject(facts);
  });

  test("a restart goes on behind the last line that was sent, also when output came meanwhile", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    await context.set();
    const run = await harness.beginRun();
    await printLines(run, 1, 3);
    await receiver.until(3);
    await harness.until("out", ({ sentLines }) => sentLines === 3);
    await harness.sinks[Symbol.asyncDispose]();
    await printLines(run, 4, 6);
    await run.end();
    await harness.close();

    await harness.open();
    await harness.until("out", ({ sentLines, state }) => sentLines === 6 && state === "idle");

    expect(textsOf(receiver)).toEqual(numbered(1, 6));
  });

  test("a receiver that is away loses nothing: lines wait in the log and arrive when it is back", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    await context.set();
    await receiver.close();
    const run = await harness.beginRun();
    await printLines(run, 1, 200);
    await run.end();

    const failing = await harness.until("out", ({ state }) => state === "failing");
    await receiver.open();
    await harness.until("out", ({ sentLines }) => sentLines === 200);

    expect(failing.trouble).toMatchObject({ code: "sink.unreachable" });
    expect(failing.trouble?.message).toContain("ECONNREFUSED");
    expect(failing.waitingBytes).toBeGreaterThan(1_000);
    expect(failing.retryAtMs).toBeGreaterThan(0);
    expect(textsOf(receiver)).toEqual(numbered(1, 200));
  });

  test.each([
    [{ status: 500 }, "sink.failed", "500"],
    [{ status: 429, headers: { "retry-after": "2" } }, "sink.failed", "429"],
    [{ status: 401, body: "who are you" }, "sink.failed", "who are you"],
    [{ status: 307, headers: { location: "http://127.0.0.1:9/elsewhere" } }, "sink.failed", "307"],
    ["cut-before", "sink.unreachable", ""],
    ["silence", "sink.unreachable", "no answer within"],
    ["html", "sink.failed", "something else than the protocol says"],
  ] as const)("after %j the same lines come again, once", async (how, code, message) => {
    await using context = await setup();
    const { harness, receiver } = context;
    receiver.misbehave(how);
    const release = receiver.hold();
    await context.set();
    const run = await harness.beginRun();
    await printLines(run, 1, 20);
    await run.end();

    const failing = await harness.until("out", ({ trouble }) => trouble !== null);
    release();
    await receiver.until(20);
    const mended = await harness.until("out", ({ sentLines, state }) => state === "idle" && sentLines === 20);

    expect(receiver.misbehaved).toEqual([how]);
    expect(failing.trouble).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(textsOf(receiver)).toEqual(numbered(1, 20));
    expect(mended).toMatchObject({ trouble: null, retryAtMs: null });
  });

  test("a connection that is cut after the lines were taken repeats them the same to the byte", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    receiver.misbehave("cut-after");
    await context.set();
    const run = await harness.beginRun();
    await printLines(run, 1, 5);
    await run.end();

    await receiver.until(10);
    await harness.until("out", ({ sentLines }) => sentLines === 5);

    expect(receiver.misbehaved).toEqual(["cut-after"]);
    expect(receiver.lines.slice(5)).toEqual(receiver.lines.slice(0, 5));
  });

  test("lines that are refused for good are passed over alone, counted and named", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    const refused = { status: 400, body: "entry too old" };
    // All eight; of them the first four, the first two, the first one; and later nothing more.
    receiver.misbehave(refused, refused, refused, refused);
    await context.set();
    const run = await harness.beginRun();
    await printLines(run, 1, 8);
    await run.end();

    const sink = await harness.until("out", ({ sentLines }) => sentLines > 0);

    expect(receiver.misbehaved).toHaveLength(4);
    expect(sink).toMatchObject({ sentLines: 7, refusedLines: 1, trouble: { code: "sink.lines_refused" } });
    expect(sink.trouble?.message).toContain("entry too old");
    expect(textsOf(receiver)).toEqual(numbered(2, 8));
  });

  test("a run is not slowed down by a receiver that never answers, and memory holds one batch", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    receiver.misbehave(...Array.from({ length: 50 }, () => "silence" as const));
    await context.set();
    const run = await harness.beginRun();
    await printLines(run, 1, 10);
    await harness.until("out", ({ state }) => state === "sending");

    for (let piece = 0; piece < 100; piece += 1) await run.print(`${"x".repeat(99_999)}\n`);
    const sink = await harness.sink("out");

    expect(receiver.misbehaved.length).toBeGreaterThan(0);
    expect(sink.waitingBytes).toBeGreaterThan(9_000_000);
    expect(sink.sentLines).toBe(0);
  });

  test("only output of the chosen agents is sent", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    await context.set({ agents: ["chosen"] });
    const other = await harness.beginRun();
    const chosen = await harness.beginRun(agentNameSchema.parse("chosen"));
    await other.print("not this\n");
    await chosen.print("this\n");
    await other.end();
    await chosen.end();

    const sink = await harness.until("out", ({ sentLines }) => sentLines === 1);

    expect(textsOf(receiver)).toEqual(["this"]);
    expect(sink.waitingRuns).toBe(0);
  });

  test("output from before the sink was made is not sent, that of live runs is from their next line on", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    const ended = await harness.beginRun();
    await ended.print("long ago\n");
    await ended.end();
    const live = await harness.beginRun();
    await live.print("before\n");
    await context.set();
    await live.print("after\n");

    await receiver.until(1);

    expect(textsOf(receiver)).toEqual(["after"]);
  });

  test("the credential goes into the header and nowhere else, and not into what is said about trouble", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    receiver.misbehave({ status: 500, body: "you said Bearer s3cret-token" });
    const release = receiver.hold();
    await harness.set("out", { kind, url: receiver.url, credential: "collector-key" });
    const run = await harness.beginRun();
    await run.print("one\n");

    const failing = await harness.until("out", ({ trouble }) => trouble !== null);
    release();
    await receiver.until(1);

    expect(receiver.requests[0]?.headers.authorization).toBe("Bearer s3cret-token");
    expect(failing.trouble?.message).toContain("you said Bearer •••");
    const files = await Promise.all(
      ["pilothouse.db", "pilothouse.db-wal"].map((name) =>
        readFile(path.join(harness.folder, name), "latin1"),
      ),
    );
    expect(files.join("")).not.toContain("s3cret-token");
    expect(files.join("")).toContain("collector-key");
  });

  test("a test of the sink says whether lines would arrive, and sends none", async () => {
    await using context = await setup();
    const { harness, receiver } = context;
    await context.set({ isOn: false });
    const signal = new AbortController().signal;

    const fine = await harness.sinks.test(harness.nameOf("out"), "cli", signal);
    receiver.misbehave({ status: 403 });

    await expect(harness.sinks.test(harness.nameOf("out"), "cli", signal)).rejects.toMatchObject({
      code: "sink.failed",
    });
    expect(fine).toMatchObject({ name: "out" });
    expect((await harness.sink("out")).sentLines).toBe(0);
  });
});

test("a sink that was made sends nothing while it is off, and goes on where it was when it is on again", async () => {
  await using receiver = await startLoki();
  await using harness = await createSinkHarness();
  await harness.set("out", { kind: "loki", url: receiver.url });
  const run = await harness.beginRun();
  await printLines(run, 1, 2);
  await harness.until("out", ({ sentLines }) => sentLines === 2);

  await harness.set("out", { kind: "loki", url: receiver.url }, { isOn: false });
  await printLines(run, 3, 4);
  const off = await harness.sink("out");
  await harness.set("out", { kind: "loki", url: receiver.url });
  await harness.until("out", ({ sentLines }) => sentLines === 4);

  expect(off).toMatchObject({ state: "off", waitingRuns: 1, sentLines: 2 });
  expect(textsOf(receiver)).toEqual(numbered(1, 4));
});

test("a log that was removed before it was sent is counted", async () => {
  await using harness = await createSinkHarness();
  await using receiver = await startOtlp();
  await receiver.close();
  await harness.set("out", { kind: "otlp", url: receiver.url });
  const run = await harness.beginRun();
  await printLines(run, 1, 5);
  await run.end();
  await harness.until("out", ({ state }) => state === "failing");
  await harness.logs.remove(run.id);

  const sink = await harness.until("out", ({ missedLogs }) => missedLogs > 0);

  expect(sink).toMatchObject({ missedLogs: 1, waitingRuns: 0 });
});

test("a locked vault is told, and the lines wait", async () => {
  await using receiver = await startLoki();
  let isLocked = true;
  await using harness = await createSinkHarness({
    login: async () => {
      if (isLocked)
        throw new AppError("vault.locked", "The keychain is locked: x", { details: { store: "keychain" } });
      return {};
    },
  });
  await harness.set("out", { kind: "loki", url: receiver.url, credential: "key" });
  const run = await harness.beginRun();
  await printLines(run, 1, 3);

  const waiting = await harness.until("out", ({ trouble }) => trouble !== null);
  isLocked = false;
  await receiver.until(3);

  expect(waiting).toMatchObject({ state: "failing", sentLines: 0, trouble: { code: "vault.locked" } });
});

test.each([
  ["ftp://example.com", null, "no http"],
  ["not an address", null, "no http"],
  ["https://user:word@example.com", null, "user or password"],
  ["http://example.com", "key", "not https"],
] as const)("the address %s with credential %s is refused", async (url, credential, problem) => {
  await using harness = await createSinkHarness();

  await expect(harness.set("out", { kind: "otlp", url, credential })).rejects.toMatchObject({
    code: "sink.invalid",
    message: expect.stringContaining(problem),
  });
  expect(await harness.sinks.list()).toEqual([]);
});

test("what is done to sinks is on the audit trail before it takes effect", async () => {
  await using harness = await createSinkHarness();
  await using receiver = await startLoki();
  await harness.set("out", { kind: "loki", url: receiver.url });
  await harness.sinks.remove(harness.nameOf("out"), "window");

  const entries = harness.store.audit.list({ limit: 10 });

  expect(
    entries.map(({ action, door, outcome, subject }) => [action, subject, door, outcome]).toReversed(),
  ).toEqual([
    ["sink.set", "out", "cli", "begun"],
    ["sink.set", "out", "cli", "done"],
    ["sink.remove", "out", "window", "begun"],
    ["sink.remove", "out", "window", "done"],
  ]);
  await expect(harness.sinks.remove(harness.nameOf("out"), "cli")).rejects.toMatchObject({
    code: "sink.not_found",
  });
});
