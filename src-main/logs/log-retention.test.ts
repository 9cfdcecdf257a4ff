import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import {
  type AgentName,
  agentNameSchema,
  type ReleaseId,
  type RunId,
  releaseIdSchema,
  runIdSchema,
} from "#contract/ids.ts";
import type { RunState } from "#contract/run.ts";
import { type Settings, settingsSchema } from "#contract/system.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { LogRetention } from "./log-retention.ts";

const DAY_MS = 24 * 60 * 60_000;
const NOW_MS = 1_000 * DAY_MS;
const idOf = (number: number): RunId => runIdSchema.parse(String(number).padStart(16, "0"));
const releaseOf = (number: number): ReleaseId => releaseIdSchema.parse(String(number).padStart(64, "0"));
const COLLECTOR = agentNameSchema.parse("collector");
const MAILER = agentNameSchema.parse("mailer");

interface Log {
  readonly ageDays: number;
  readonly sizeBytes: number;
  readonly agent?: AgentName | null;
  readonly state?: RunState;
}

async function setup(
  logs: readonly Log[],
  { limits = {}, pinned = [] }: { limits?: Partial<Settings>; pinned?: RunId[] } = {},
) {
  const base = await mkdtemp(path.join(tmpdir(), "pilothouse-retention-"));
  const folder = path.join(base, "logs");
  for (const [index, log] of logs.entries()) await putLog(path.join(folder, idOf(index + 1)), log);
  const ownLogFile = path.join(base, "app.log");
  let settings = settingsSchema.parse({ logMaxBytes: 1_000_000, ...limits });
  const keptReleases: ReleaseId[] = [];
  let removed: () => void = () => undefined;
  const retention = new LogRetention({
    folder,
    ownLogFile,
    clock: new FakeClock(NOW_MS),
    records: { pinned: () => new Set(pinned) },
    remove: async (runId) => {
      await rm(path.join(folder, runId), { recursive: true });
      removed();
    },
    settings: {
      get: () => settings,
      change: (change) => {
        settings = { ...settings, ...change };
      },
    },
    assertAgent: (agent) => {
      if (agent !== COLLECTOR && agent !== MAILER) throw new AppError("agent.not_found", `no ${agent}`);
    },
    findRun: (runId) => {
      const log = logs[Number(runId) - 1];
      if (log === undefined || log.agent === null) return null;
      return {
        agent: log.agent ?? COLLECTOR,
        state: log.state ?? "succeeded",
        release: releaseOf(Number(runId)),
      };
    },
    removeReleases: async (used) => {
      keptReleases.splice(0, keptReleases.length, ...used);
      return 1;
    },
    onFailed: (error) => {
      throw error;
    },
  });
  return {
    keptReleases,
    ownLogFile,
    retention,
    onRemove: (listener: () => void) => {
      removed = listener;
    },
    left: async () => (await readdir(folder)).map(Number).sort((a, b) => a - b),
    [Symbol.asyncDispose]: () => rm(base, { recursive: true }),
  };
}

async function putLog(folder: string, { ageDays, sizeBytes }: Log): Promise<void> {
  await mkdir(folder, { recursive: true });
  await putFile(path.join(folder, "log.0.pseg"), { ageDays, sizeBytes });
}

async function putFile(file: string, { ageDays, sizeBytes }: Log): Promise<void> {
  await writeFile(file, Buffer.alloc(sizeBytes));
  const at = new Date(NOW_MS - ageDays * DAY_MS);
  await utimes(file, at, at);
}

test("logs older than the limit go, also those of forgotten runs, and the limit of an agent wins", async () => {
  await using context = await setup(
    [
      { ageDays: 31, sizeBytes: 10 },
      { ageDays: 29, sizeBytes: 10 },
      { ageDays: 31, sizeBytes: 10, agent: MAILER },
      { ageDays: 31, sizeBytes: 10, agent: null },
    ],
    { limits: { logLimitsByAgent: { [MAILER]: { maxAgeDays: 60 } } } },
  );

  const report = await context.retention.tidy();

  expect(report).toEqual({ atMs: NOW_MS, removedLogs: 2, freedBytes: 20, removedReleases: 1 });
  expect(await context.left()).toEqual([2, 3]);
  expect(context.keptReleases).toEqual([releaseOf(2), releaseOf(3)]);
});

test("beyond the size the oldest runs go first; live and pinned ones stay and still count", async () => {
  await using context = await setup(
    [
      { ageDays: 9, sizeBytes: 300, state: "running" },
      { ageDays: 8, sizeBytes: 300 },
      { ageDays: 7, sizeBytes: 300 },
      { ageDays: 6, sizeBytes: 300 },
      { ageDays: 5, sizeBytes: 300 },
    ],
    { limits: { logMaxBytes: 900 }, pinned: [idOf(2)] },
  );

  await context.retention.tidy();

  expect(await context.left()).toEqual([1, 2, 5]);
});

test("an agent's own size takes its oldest logs only", async () => {
  await using context = await setup(
    [
      { ageDays: 4, sizeBytes: 300 },
      { ageDays: 3, sizeBytes: 300, agent: MAILER },
      { ageDays: 2, sizeBytes: 300, agent: MAILER },
    ],
    { limits: { logLimitsByAgent: { [MAILER]: { maxBytes: 300 } } } },
  );

  await context.retention.tidy();

  expect(await context.left()).toEqual([1, 3]);
});

test("the older half of the program's own log goes with its age, and its size counts with the others", async () => {
  await using context = await setup([{ ageDays: 1, sizeBytes: 600 }], { limits: { logMaxBytes: 1_000 } });
  await putFile(`${context.ownLogFile}.1`, { ageDays: 40, sizeBytes: 900 });
  await putFile(context.ownLogFile, { ageDays: 0, sizeBytes: 300 });

  await context.retention.tidy();
  expect(await context.left()).toEqual([1]);
  await putFile(context.ownLogFile, { ageDays: 0, sizeBytes: 500 });
  await context.retention.tidy();

  expect(await context.left()).toEqual([]);
  expect(await readdir(path.dirname(context.ownLogFile))).toEqual(["app.log", "logs"]);
});

test("the program's own log is put aside when it begins too long ago, and gives way to a small size", async () => {
  await using context = await setup([]);
  const entry = (ageDays: number) =>
    `${JSON.stringify({ time: new Date(NOW_MS - ageDays * DAY_MS).toISOString(), level: "info" })}\n`;
  await writeFile(context.ownLogFile, entry(31) + entry(1));
  await utimes(context.ownLogFile, new Date(NOW_MS), new Date(NOW_MS));
  const files = () => readdir(path.dirname(context.ownLogFile));

  await context.retention.tidy();
  const putAside = await files();
  await writeFile(context.ownLogFile, entry(0));
  await context.retention.setLimits({ maxBytes: 60 });
  await context.retention.tidy();

  expect(putAside).toEqual(["app.log.1"]);
  expect(await files()).toEqual(["app.log"]);
});

test("a log that was pinned while others were removed stays", async () => {
  const pinned: RunId[] = [];
  await using context = await setup(
    [
      { ageDays: 31, sizeBytes: 10 },
      { ageDays: 31, sizeBytes: 10 },
    ],
    { pinned },
  );
  context.onRemove(() => pinned.push(idOf(2)));

  const { removedLogs } = await context.retention.tidy();

  expect(removedLogs).toBe(1);
  expect(await context.left()).toEqual([2]);
});

test("limits are changed one by one, for all and for an agent, and taken back", async () => {
  await using context = await setup([{ ageDays: 1, sizeBytes: 5 }]);
  const { retention } = context;

  await retention.setLimits({ maxAgeDays: 7 });
  await retention.setLimits({ agent: MAILER, maxBytes: 100 });
  const set = await retention.setLimits({ agent: MAILER, maxAgeDays: 3 });
  await retention.setLimits({ agent: MAILER, maxBytes: null });
  const half = await retention.keeping();
  await retention.setLimits({ agent: MAILER, maxAgeDays: null });
  const back = await retention.setLimits({ maxAgeDays: null, maxBytes: null });

  expect(set).toMatchObject({
    maxAgeDays: 7,
    maxBytes: 1_000_000,
    runCount: 1,
    storedBytes: 5,
    lastTidy: null,
  });
  expect(set.byAgent).toEqual({ mailer: { maxAgeDays: 3, maxBytes: 100 } });
  expect(half.byAgent).toEqual({ mailer: { maxAgeDays: 3 } });
  expect(back).toMatchObject({ maxAgeDays: 30, maxBytes: 10 * 1024 ** 3, byAgent: {} });
});

test("limits of an agent that nobody knows are refused", async () => {
  await using context = await setup([]);
  const stranger = agentNameSchema.parse("stranger");

  await expect(context.retention.setLimits({ agent: stranger, maxBytes: 1 })).rejects.toMatchObject({
    code: "agent.not_found",
  });
});
