import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { AgentRegistry, ReleaseStore, readManifest, SampleShelf } from "#main/agents/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import {
  createProcessTable,
  isAlive,
  type ProcessEntry,
} from "../../src-main/drivers/process/process-table.ts";
import { descendantsIn } from "../../src-main/drivers/process/process-tree.ts";
import { freePort } from "../helpers/free-port.ts";
import { findInstalledBrowser } from "../helpers/installed-browser.ts";
import { MemoryAgentRecords } from "./agents-memory-records.ts";

const SAMPLES = join(import.meta.dirname, "../../resources/samples");
const PROGRAMS: Readonly<Record<string, string>> = { python: "python3", node: process.execPath };

interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Takes a sample as a user does, up to its release, and starts that as the manifest says. */
async function setUp(sample: string) {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-samples-"));
  const clock = new SystemClock();
  await using registry = new AgentRegistry({
    records: new MemoryAgentRecords(),
    releases: new ReleaseStore({ folder: join(root, "releases"), clock }),
    samples: new SampleShelf({ folder: SAMPLES, copies: join(root, "samples") }),
    clock,
    homeFolder: root,
    publish: () => undefined,
    liveRuns: () => 0,
  });
  await registry.start();
  const agent = await registry.addSample(sample);
  const prepared = await registry.prepareStart(agent.name, new AbortController().signal);
  const children: ChildProcessWithoutNullStreams[] = [];
  let runs = 0;

  return {
    root,
    checkInput: (input: unknown) => registry.checkInput(agent, input),
    async start(input: unknown, extra: Readonly<Record<string, string>> = {}) {
      runs += 1;
      const work = join(root, `run-${runs}`);
      const screenshots = join(root, `screenshots-${runs}`);
      await Promise.all([mkdir(work), mkdir(screenshots)]);
      const [program = "", ...args] = prepared.manifest.runtimes.process?.command ?? [];
      const child = spawn(PROGRAMS[program] ?? program, args, {
        cwd: prepared.releaseFolder,
        // Nothing of this process's own environment, as a driver promises.
        env: {
          PATH: "/usr/local/bin:/usr/bin:/bin",
          HOME: root,
          TMPDIR: root,
          PYTHONDONTWRITEBYTECODE: "1",
          PILOTHOUSE_RUN_ID: `run-${runs}`,
          PILOTHOUSE_AGENT: agent.name,
          PILOTHOUSE_RELEASE: prepared.release,
          PILOTHOUSE_INPUT: registry.checkInput(agent, input),
          PILOTHOUSE_WORKDIR: work,
          PILOTHOUSE_SCREENSHOTS: screenshots,
          PILOTHOUSE_STOP_FILE: join(work, "stop"),
          ...prepared.manifest.env,
          ...extra,
        },
      });
      children.push(child);
      return { child, work, screenshots, ...follow(child) };
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill("SIGKILL");
      await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Reads a sample's log. Every line must be a JSON object with the three fields that are shown. */
function follow(child: ChildProcessWithoutNullStreams) {
  const entries: LogEntry[] = [];
  const errors: string[] = [];
  const changed = new EventTarget();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const entry = JSON.parse(line);
    expect(entry).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      level: expect.any(String),
      message: expect.any(String),
    });
    entries.push(entry);
    changed.dispatchEvent(new Event("line"));
  });
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  const closed = once(child, "close").then(([exitCode]) => {
    changed.dispatchEvent(new Event("line"));
    return exitCode as number | null;
  });
  return {
    entries,
    errors,
    closed,
    async line(isWanted: (entry: LogEntry) => boolean): Promise<LogEntry> {
      for (;;) {
        const found = entries.find(isWanted);
        if (found !== undefined) return found;
        if (child.exitCode !== null)
          throw new Error(`ended without the line: ${JSON.stringify({ entries, errors })}`);
        await once(changed, "line");
      }
    },
  };
}

const processes = createProcessTable(process.platform);

async function processesUnder({ pid }: ChildProcessWithoutNullStreams): Promise<readonly ProcessEntry[]> {
  const all = await processes.all();
  const root = all.find((entry) => entry.pid === pid);
  return root === undefined ? [] : descendantsIn(all, [root]).filter((entry) => entry !== root);
}

async function livingOf(entries: readonly ProcessEntry[]): Promise<readonly number[]> {
  const areAlive = await Promise.all(entries.map((entry) => isAlive(processes, entry)));
  return entries.filter((_, index) => areAlive[index]).map(({ pid }) => pid);
}

test("there is a sample of every class, and its form has a title and a default for every field", async () => {
  const names = await readdir(SAMPLES);
  const manifests = await Promise.all(
    names.map(async (name) => readManifest(await readFile(join(SAMPLES, name, "agent.yaml")), name).manifest),
  );

  const fields = manifests.flatMap((manifest) => Object.values(Object(manifest?.inputs?.["properties"])));
  expect({
    classes: manifests.map((manifest) => manifest?.class).sort(),
    areNamedLikeTheirFolder: manifests.map((manifest) => manifest?.name),
    plainFields: fields.filter((field) => !("title" in Object(field)) || !("default" in Object(field))),
    readMes: (await Promise.all(names.map((name) => stat(join(SAMPLES, name, "README.md"))))).length,
  }).toEqual({
    classes: ["automation", "autonomous", "computational", "service"],
    areNamedLikeTheirFolder: names,
    plainFields: [],
    readMes: 4,
  });
});

test("word-count counts the pages it is asked for and leaves its result", async () => {
  await using place = await setUp("word-count");

  const run = await place.start({
    text: "the cat and the dog",
    pages: 4,
    wordsPerPage: 10,
    pace: "instant",
    top: 1,
  });
  const exitCode = await run.closed;

  const result = JSON.parse(await readFile(join(run.work, "result.json"), "utf8"));
  expect({
    exitCode,
    errors: run.errors,
    result,
    progress: run.entries.map((entry) => entry["progress"]),
  }).toEqual({
    exitCode: 0,
    errors: [],
    result: { pages: 4, words: 40, distinct: 4, top: [{ word: "the", count: 16 }] },
    progress: [undefined, 0.25, 0.5, 0.75, 1, undefined],
  });
});

test("word-count without an input counts its own story", async () => {
  await using place = await setUp("word-count");

  const run = await place.start({ pace: "instant" });

  expect([await run.closed, run.entries.at(-1)?.["most"]]).toEqual([0, "the"]);
});

test("feed-digest fails when asked to, and the next attempt takes up the other half", async () => {
  await using place = await setUp("feed-digest");
  const input = {
    pauseMs: 0,
    rehearse: "lost connection",
    startOver: true,
    resumeFile: join(place.root, "resume.json"),
  };

  const first = await place.start(input);
  const exitCodes = [await first.closed];
  const second = await place.start(input);
  exitCodes.push(await second.closed);
  const third = await place.start({ ...input, startOver: false });
  exitCodes.push(await third.closed);

  const titles = await Promise.all(
    [first, second, third].map(
      async ({ work }) => (await readFile(join(work, "digest.md"), "utf8")).split("\n## ").length - 1,
    ),
  );
  expect({ exitCodes, titles, lastWords: [first, third].map((run) => run.entries.at(-1)?.message) }).toEqual({
    exitCodes: [1, 0, 0],
    titles: [6, 6, 0],
    lastWords: ["the connection was lost (rehearsed)", "The digest is written"],
  });
});

test("feed-digest ends softly in the middle and goes on from there", async () => {
  await using place = await setUp("feed-digest");
  const run = await place.start({ pauseMs: 300 });
  await run.line((entry) => entry["item"] === 2);

  run.child.kill("SIGTERM");
  const exitCode = await run.closed;
  const next = await place.start({ pauseMs: 0, limit: 1 });
  await next.closed;

  const lastItem = run.entries.filter((entry) => "item" in entry).at(-1)?.["item"];
  expect([exitCode, next.entries[0]?.["after"]]).toEqual([0, lastItem]);
});

test("clock-service answers its health check, ticks, and ends softly on a signal", async () => {
  await using place = await setUp("clock-service");
  const port = await freePort();

  const run = await place.start({ everyMs: 50 }, { PILOTHOUSE_PORT: String(port) });
  await run.line((entry) => "address" in entry);
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  const body = await health.json();
  await run.line((entry) => /^\d\d:\d\d:\d\d$/.test(entry.message));
  run.child.kill("SIGTERM");

  expect([health.status, body.status, await run.closed, run.entries.at(-1)?.message]).toEqual([
    200,
    "ok",
    0,
    "The clock has stopped",
  ]);
});

test("clock-service ends softly when the stop file appears", async () => {
  await using place = await setUp("clock-service");
  const run = await place.start({ everyMs: 60_000 }, { PILOTHOUSE_PORT: String(await freePort()) });
  await run.line((entry) => "address" in entry);

  await writeFile(join(run.work, "stop"), "");

  expect([await run.closed, run.entries.at(-2)?.["how"]]).toEqual([0, "stop file"]);
});

test("page-watcher finds the best offer in a real browser, and its screenshots appear while it works", async () => {
  await using place = await setUp("page-watcher");

  const run = await place.start({ pauseMs: 0 });
  await run.line((entry) => entry["step"] === 3);
  const early = (await readdir(run.screenshots)).filter((name) => name.endsWith(".png"));
  const exitCode = await run.closed;

  const all = await readdir(run.screenshots);
  const images = await Promise.all(all.map((name) => readFile(join(run.screenshots, name))));
  const result = JSON.parse(await readFile(join(run.work, "result.json"), "utf8"));
  expect({
    exitCode,
    errors: run.errors,
    early: early.slice(0, 2),
    best: result.best.name,
    steps: result.steps,
  }).toEqual({
    exitCode: 0,
    errors: [],
    early: ["01-shelf.png", "02-offer.png"],
    best: "Clip lamp",
    steps: 9,
  });
  expect(all.length).toBe(10);
  for (const image of images) expect(image.subarray(0, 4)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
});

test("page-watcher goes on in another browser when its own stops answering", async () => {
  await using place = await setUp("page-watcher");
  const run = await place.start({ pauseMs: 500, stepLimitMs: 3_000 });
  await run.line((entry) => entry["step"] === 2);

  const frozen = (await processesUnder(run.child)).filter(({ parentPid }) => parentPid === run.child.pid);
  for (const { pid } of frozen) process.kill(pid, "SIGSTOP");
  const exitCode = await run.closed;

  expect({ frozen: frozen.length, exitCode, best: run.entries.at(-1)?.["name"] }).toEqual({
    frozen: 1,
    exitCode: 0,
    best: "Clip lamp",
  });
  expect(run.entries.filter(({ message }) => message === "Trying again in a new browser")).not.toEqual([]);
  await expect.poll(() => livingOf(frozen)).toEqual([]);
});

test("page-watcher ends although its browser does not", async () => {
  await using place = await setUp("page-watcher");
  const browser = join(place.root, "browser");
  // What holds the browser's output open keeps whoever started it waiting for its end.
  const script = `#!/bin/sh\nsleep 600 &\necho $! > "${browser}.pid"\nexec "${findInstalledBrowser()}" "$@"\n`;
  await writeFile(browser, script, { mode: 0o755 });

  const run = await place.start({ pauseMs: 0 }, { BROWSER_PATH: browser });
  await run.line((entry) => entry["step"] === 1);
  const started = await processesUnder(run.child);
  const holding = Number(await readFile(`${browser}.pid`, "utf8"));

  expect([await run.closed, run.errors, run.entries.slice(-2)]).toMatchObject([
    0,
    [],
    [{ name: "Clip lamp" }, { message: "The browser does not end by itself" }],
  ]);
  expect(started.map(({ pid }) => pid)).toContain(holding);
  await expect.poll(() => livingOf(started)).toEqual([]);
});

test("page-watcher keeps to its budget and says what it found", async () => {
  await using place = await setUp("page-watcher");

  const run = await place.start({ pauseMs: 0, goal: "best rated", maxSteps: 2 });
  await run.closed;

  expect(run.entries.at(-1)).toMatchObject({ name: "Storm lamp", steps: 2, isComplete: false });
});

test("page-watcher without a browser says what to do", async () => {
  await using place = await setUp("page-watcher");

  const run = await place.start({}, { BROWSER_PATH: "/nowhere/chromium" });

  expect([await run.closed, run.entries.at(-1)?.["expected"]]).toEqual([
    3,
    "Chromium, Chrome or Edge, or its path in BROWSER_PATH",
  ]);
});

test("page-watcher names the version of playwright-core that Pilothouse carries", async () => {
  const wanted = JSON.parse(await readFile(join(SAMPLES, "page-watcher/package.json"), "utf8"));
  const own = JSON.parse(await readFile(join(SAMPLES, "../../package.json"), "utf8"));

  expect(wanted.dependencies).toEqual({ "playwright-core": own.dependencies["playwright-core"] });
});
