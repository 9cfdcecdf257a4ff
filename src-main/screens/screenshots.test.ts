import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { CoreEvent } from "#contract/events.ts";
import { runIdSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { openStore } from "#main/store/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { Screenshots } from "./screenshots.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const runId = runIdSchema.parse("0000000000000001");

async function setup() {
  const base = await mkdtemp(path.join(tmpdir(), "pilothouse-screens-"));
  const folder = path.join(base, "shots");
  await mkdir(folder);
  const clock = new FakeClock();
  const place = { folder: base, database: path.join(base, "pilothouse.db") };
  const store = await openStore({ place, clock, onSnapshotFailed: () => undefined });
  store.runs.insert({
    id: runId,
    agent: "worker" as never,
    target: THIS_COMPUTER,
    release: null,
    inputJson: "{}",
    attempt: 1,
    previousRunId: null,
    door: "cli",
    createdAtMs: 1,
    dueAtMs: null,
    manifestJson: "{}",
  });
  const events: CoreEvent[] = [];
  const screens = new Screenshots({
    records: store.screenshots,
    runs: store.runs,
    clock,
    publish: (event) => events.push(event),
    onTrouble: () => undefined,
  });
  return {
    base,
    clock,
    events,
    folder,
    screens,
    notes: () => store.runs.timeline(runId).filter(({ kind }) => kind === "note" || kind === "screenshot"),
    put: (name: string, bytes: Uint8Array | string) => writeFile(path.join(folder, name), bytes),
    /** Lets time pass until the ids of the run's screenshots are these. */
    seen: (ids: readonly string[]) =>
      expect
        .poll(async () => {
          await clock.pass(250);
          return screens.list(runId).map(({ id }) => id);
        })
        .toEqual(ids),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(base, { recursive: true });
    },
  };
}

test("an image that appears belongs to the run at once, with its size, and is told about once", async () => {
  await using context = await setup();
  const watch = context.screens.watch(runId, context.folder);

  await context.put("one.png", PNG);
  await context.seen(["one.png"]);
  await context.clock.pass(10_000);
  watch.close();

  const [screenshot] = context.screens.list(runId);
  expect(screenshot).toMatchObject({ mimeType: "image/png", width: 1, height: 1, sizeBytes: PNG.length });
  expect(context.events).toEqual([{ type: "screenshot.added", screenshot }]);
  expect(context.notes()).toMatchObject([{ kind: "screenshot", text: "one.png" }]);
  expect(Buffer.from(await context.screens.read(runId, "one.png"))).toEqual(PNG);
});

test("a file that is still being written is waited for", async () => {
  await using context = await setup();
  const watch = context.screens.watch(runId, context.folder);

  await context.put("slow.png", PNG.subarray(0, 40));
  await context.clock.pass(1_000);
  expect(context.screens.list(runId)).toEqual([]);
  await context.put("slow.png", PNG);

  await context.seen(["slow.png"]);
  watch.close();
  expect(context.screens.list(runId)[0]?.sizeBytes).toBe(PNG.length);
});

test("a file under a hidden name is taken up when it gets its real one", async () => {
  await using context = await setup();
  const watch = context.screens.watch(runId, context.folder);

  await context.put(".part", PNG);
  await context.clock.pass(5_000);
  expect(context.screens.list(runId)).toEqual([]);
  await rename(path.join(context.folder, ".part"), path.join(context.folder, "whole.png"));

  await context.seen(["whole.png"]);
  watch.close();
});

test("what appeared while nobody looked is found, and nothing is told twice", async () => {
  await using context = await setup();
  await context.put("before.png", PNG);
  context.screens.watch(runId, context.folder).close();

  await context.screens.watch(runId, context.folder).finish();
  await context.screens.watch(runId, context.folder).finish();

  expect(context.screens.list(runId).map(({ id }) => id)).toEqual(["before.png"]);
  expect(context.events).toHaveLength(1);
});

test("what is no image, too large or a link is refused and said so once", async () => {
  await using context = await setup();
  await context.put("notes.txt", "hello");
  await context.put("huge.png", PNG);
  await truncate(path.join(context.folder, "huge.png"), 21 * 1024 * 1024);
  await context.put("../secret.png", PNG);
  await symlink(path.join(context.base, "secret.png"), path.join(context.folder, "link.png"));

  await context.screens.watch(runId, context.folder).finish();

  expect(context.screens.list(runId)).toEqual([]);
  expect(
    context
      .notes()
      .map(({ text }) => text)
      .sort(),
  ).toEqual([
    "The file huge.png is larger than 20971520 bytes",
    "The file link.png is no ordinary file",
    "The file notes.txt is no PNG, JPEG, WebP or GIF image",
  ]);
});

test.each(["../secret.png", "shots/../../secret.png", "", "nothing.png", "a\0b"])(
  "reading %j reaches nothing",
  async (id) => {
    await using context = await setup();
    await context.put("../secret.png", PNG);

    await expect(context.screens.read(runId, id)).rejects.toMatchObject({ code: "screenshot.not_found" });
  },
);

test("a file that was replaced by a link afterwards is not read", async () => {
  await using context = await setup();
  await context.put("one.png", PNG);
  await context.screens.watch(runId, context.folder).finish();
  await rm(path.join(context.folder, "one.png"));
  await writeFile(path.join(context.base, "secret"), "secret");
  await symlink(path.join(context.base, "secret"), path.join(context.folder, "one.png"));

  await expect(context.screens.read(runId, "one.png")).rejects.toMatchObject({
    code: "screenshot.not_found",
  });
});
