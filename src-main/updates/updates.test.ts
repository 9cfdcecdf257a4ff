import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { createUpdates, NO_UPDATES } from "./create-updates.ts";
import { updateSourceSchema } from "./update-source.ts";
import { Updates } from "./updates.ts";

const HOUR_MS = 60 * 60 * 1_000;

async function setup(looksByItself = true) {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-updates-"));
  const clock = new FakeClock();
  const bugs: unknown[] = [];
  let asked = 0;
  const updates = new Updates({
    feed: {
      readManifest: async () => {
        asked += 1;
        throw new AppError("update.unreachable", "no network");
      },
      download: async () => undefined,
    },
    keys: [],
    installed: "0.1.0",
    arch: "x64",
    kind: "appimage",
    folder,
    clock,
    publish: () => undefined,
    looksByItself: () => looksByItself,
    install: () => undefined,
    reportBug: (error) => bugs.push(error),
  });
  return {
    updates,
    clock,
    bugs,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      await updates[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe("the search for updates", () => {
  test("begins a while after the start and repeats twice a day", async () => {
    await using world = await setup();
    world.updates.start();
    expect(world.asked()).toBe(0);

    await world.clock.pass(30_000);
    await world.updates.idle();
    await world.clock.pass(12 * HOUR_MS);
    await world.updates.idle();

    expect(world.asked()).toBe(2);
  });

  test("asks nobody by itself when a person does not want it, and does when told to", async () => {
    await using world = await setup(false);
    world.updates.start();
    await world.clock.pass(24 * HOUR_MS);
    expect(world.asked()).toBe(0);

    world.updates.check();
    await world.updates.idle();
    expect(world.asked()).toBe(1);
    expect(world.updates.state()).toMatchObject({ kind: "failed", version: null });
  });

  test("does one thing at a time", async () => {
    await using world = await setup();
    world.updates.check();
    world.updates.check();
    world.updates.download();
    await world.updates.idle();

    expect(world.asked()).toBe(1);
    expect(world.bugs).toEqual([]);
  });

  test("ends with the core, and asks nobody afterwards", async () => {
    await using world = await setup();
    world.updates.start();
    await world.updates[Symbol.asyncDispose]();
    await world.clock.pass(24 * HOUR_MS);

    expect(world.asked()).toBe(0);
  });

  test("is off in a build without a source and in an entry that renews nothing", () => {
    const core = {
      version: "0.1.0",
      dataFolder: "/nowhere",
      clock: new FakeClock(),
      journal: { publish: () => undefined },
      fetch: () => Promise.reject(new Error("nobody asks")),
      looksByItself: () => true,
      reportBug: () => undefined,
    };
    const installation = {
      source: { feed: null, keys: [] },
      kind: null,
      arch: "x64",
      install: () => undefined,
    };

    expect(createUpdates(undefined, core)).toBeNull();
    expect(createUpdates(installation, core)).toBeNull();
    expect([NO_UPDATES.state(), NO_UPDATES.check(), NO_UPDATES.install()]).toEqual(
      Array.from({ length: 3 }, () => ({ kind: "off" })),
    );
  });
});

describe("the source of updates", () => {
  const key = Buffer.alloc(32, 7).toString("base64");

  test.each([
    { feed: null, keys: [] },
    { feed: "https://updates.example.org/stable/", keys: [key] },
    { feed: "http://127.0.0.1:8080/", keys: [key, key] },
  ])("%j is one", (source) => {
    expect(updateSourceSchema.safeParse(source).success).toBe(true);
  });

  test.each([
    { feed: "https://updates.example.org/stable/", keys: [] },
    { feed: "http://updates.example.org/stable/", keys: [key] },
    { feed: "https://updates.example.org/stable", keys: [key] },
    { feed: "https://updates.example.org/?channel=/", keys: [key] },
    { feed: "file:///tmp/", keys: [key] },
    { feed: "https://updates.example.org/", keys: ["c2hvcnQ="] },
  ])("%j is none", (source) => {
    expect(updateSourceSchema.safeParse(source).success).toBe(false);
  });
});
