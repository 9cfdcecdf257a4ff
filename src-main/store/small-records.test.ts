import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import {
  agentNameSchema,
  releaseIdSchema,
  runIdSchema,
  screenshotIdSchema,
  THIS_COMPUTER,
} from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import { settingsSchema } from "#contract/system.ts";
import { openForWriting } from "./database.ts";
import { openStore } from "./store.ts";

const clock = { nowMs: () => 1_000, monotonicMs: () => 0, after: () => ({ cancel: () => undefined }) };
const collector = agentNameSchema.parse("collector");
const mailer = agentNameSchema.parse("mailer");
const run = runIdSchema.parse("0000000000000001");

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-records-"));
  const database = path.join(folder, "pilothouse.db");
  const store = await openStore({ place: { folder, database }, clock, onSnapshotFailed: () => undefined });
  return {
    store,
    /** A second connection, as another program would have it. */
    outside: () => openForWriting(database),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const newAgent = (name: typeof collector, addedAtMs: number) => ({
  name,
  folder: `/agents/${name}`,
  manifestJson: "{}",
  isAutostart: false,
  addedAtMs,
});

test("agents are kept by name, changed field by field and forgotten", async () => {
  await using context = await setup();
  const { agents } = context.store;
  const release = releaseIdSchema.parse("a".repeat(64));
  agents.insert(newAgent(mailer, 1));
  agents.insert(newAgent(collector, 2));

  agents.update(collector, { release, isAutostart: true });
  agents.update(collector, { folder: "/moved", manifestJson: '{"a":1}' });
  agents.remove(mailer);
  agents.remove(mailer);

  const expected = {
    name: collector,
    folder: "/moved",
    manifestJson: '{"a":1}',
    release,
    isAutostart: true,
    addedAtMs: 2,
  };
  expect(agents.all()).toEqual([expected]);
  expect(agents.find(collector)).toEqual(expected);
  expect(agents.find(mailer)).toBeNull();
  agents.update(collector, { release: null, isAutostart: false });
  expect(agents.find(collector)).toMatchObject({ release: null, isAutostart: false });
});

test("a name is taken once, and a change of an unknown agent says so", async () => {
  await using context = await setup();
  context.store.agents.insert(newAgent(collector, 1));

  expect(() => context.store.agents.insert({ ...newAgent(collector, 2), folder: "/other" })).toThrow(
    expect.objectContaining({
      code: "agent.name_taken",
      details: { agent: "collector", folder: "/other", otherFolder: "/agents/collector" },
    }),
  );
  expect(() => context.store.agents.update(mailer, {})).toThrow(
    expect.objectContaining({ code: "agent.not_found" }),
  );
});

test("screenshots belong to a run, once each, oldest first, and go with it", async () => {
  await using context = await setup();
  const { runs, screenshots } = context.store;
  runs.insert({
    id: run,
    agent: collector,
    target: THIS_COMPUTER,
    release: null,
    inputJson: "{}",
    attempt: 1,
    previousRunId: null,
    door: "window",
    createdAtMs: 1,
    dueAtMs: null,
    manifestJson: "{}",
  });
  const shot = (id: string, atMs: number): Screenshot => ({
    id,
    runId: run,
    atMs,
    sizeBytes: 10,
    mimeType: "image/png",
    width: 4,
    height: 3,
  });

  screenshots.insert(shot("b.png", 1), "/shots");
  screenshots.insert(shot("a.png", 2), "/shots");
  screenshots.insert(shot("a.png", 99), "/elsewhere");

  expect(screenshots.list(run)).toEqual([shot("b.png", 1), shot("a.png", 2)]);
  expect(screenshots.find(run, screenshotIdSchema.parse("a.png"))).toEqual({
    screenshot: shot("a.png", 2),
    folder: "/shots",
  });
  screenshots.removeOf(run);
  expect(screenshots.find(run, screenshotIdSchema.parse("a.png"))).toBeNull();
});

test("settings begin with their defaults and keep what is set", async () => {
  await using context = await setup();
  const { settings } = context.store;
  const defaults = settingsSchema.parse({});

  expect(settings.get()).toEqual(defaults);
  expect(settings.set({ language: "ru" })).toEqual({ ...defaults, language: "ru" });
  expect(settings.set({ hasSeenWelcome: true })).toEqual({
    ...defaults,
    language: "ru",
    hasSeenWelcome: true,
  });
  settings.set({});
  expect(settings.get()).toMatchObject({ language: "ru", hasSeenWelcome: true });
});

test("a setting that is not allowed changes nothing", async () => {
  await using context = await setup();
  const change = { language: "tlh", density: "comfortable" } as object;

  expect(() => context.store.settings.set(change)).toThrow("language");
  expect(() => context.store.settings.set({ unknown: 1 } as object)).toThrow("unknown");

  expect(context.store.settings.get()).toEqual(settingsSchema.parse({}));
});

test("stored settings that this version does not know or take are passed over", async () => {
  await using context = await setup();
  context.store.settings.set({ density: "comfortable" });
  const outside = context.outside();
  outside.exec(`INSERT INTO settings VALUES ('fromTheFuture', '1'), ('language', '"tlh"')`);
  outside.close();

  expect(context.store.settings.get()).toEqual(settingsSchema.parse({ density: "comfortable" }));
});
