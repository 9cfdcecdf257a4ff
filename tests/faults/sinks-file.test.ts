import { mkdir, readdir, readFile, rename, stat, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createSinkHarness, type SinkHarness } from "#tests/helpers/sink-harness.ts";
import { isRoot, mountSmallDisk, NO_ROOT } from "./store-fixture.ts";

const SMALL = 64 * 1024;

async function setup(target: object = {}) {
  const harness = await createSinkHarness();
  const folder = path.join(harness.folder, "out");
  await mkdir(folder);
  await harness.set("archive", { kind: "file", folder, ...target });
  return { harness, folder, [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() };
}

/** The texts in the files, the oldest first. */
async function textsIn(folder: string): Promise<string[]> {
  const numberOf = (name: string) => Number(/\.(\d+)\.jsonl$/.exec(name)?.[1] ?? Number.MAX_SAFE_INTEGER);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
  const texts: string[] = [];
  for (const name of names.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    const text = await readFile(path.join(folder, name), "utf8");
    expect(text.endsWith("\n") || text === "").toBe(true);
    texts.push(
      ...text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).text as string),
    );
  }
  return texts;
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index} ${"x".repeat(100)}`);

async function print(harness: SinkHarness, from: number, to: number): Promise<void> {
  const run = await harness.beginRun();
  await run.print(`${lines(from, to).join("\n")}\n`);
  await run.end();
  await harness.until("archive", ({ sentLines, state }) => sentLines === to && state === "idle");
}

test("lines are written as JSON that says whose they are, for their owner only", async () => {
  await using context = await setup();
  const run = await context.harness.beginRun();
  await run.print("WARN \u001b[31mred\n", "stderr");
  await run.end();
  await context.harness.until("archive", ({ sentLines }) => sentLines === 1);

  const file = path.join(context.folder, "archive.jsonl");
  const [line] = (await readFile(file, "utf8")).split("\n");

  expect(JSON.parse(line ?? "")).toEqual({
    time: expect.stringMatching(/^20\d\d-.*Z$/),
    agent: "worker",
    run: run.id,
    line: 1,
    stream: "stderr",
    level: "warn",
    text: "WARN \u001b[31mred",
  });
  expect(line).not.toContain("\u001b");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a file is put aside when it is large enough, and the oldest of those go", async () => {
  await using context = await setup({ maxFileBytes: SMALL, maxFiles: 2 });

  for (let round = 0; round < 8; round += 1) await print(context.harness, round * 400 + 1, round * 400 + 400);

  const names = (await readdir(context.folder)).toSorted();
  expect(names).toHaveLength(3);
  expect(names.at(-1)).toBe("archive.jsonl");
  const texts = await textsIn(context.folder);
  expect(texts.at(-1)).toBe(lines(3_200, 3_200)[0]);
  expect(texts).toEqual(lines(3_200 - texts.length + 1, 3_200));
});

test("what a crash left behind the stored end is cut off: every line is there once", async () => {
  await using context = await setup();
  const { folder, harness } = context;
  const file = path.join(folder, "archive.jsonl");
  await print(harness, 1, 5);
  await harness.close();
  await writeFile(
    file,
    `${await readFile(file, "utf8")}{"text":"half of ${"a long delivery ".repeat(1_000)}`,
  );

  await harness.open();
  await print(harness, 6, 9);

  expect(await textsIn(folder)).toEqual(lines(1, 9));
});

test("a crash between putting a file aside and saying so loses and repeats nothing", async () => {
  await using context = await setup({ maxFileBytes: SMALL });
  const { folder, harness } = context;
  await print(harness, 1, 600);
  await harness.close();
  await rename(path.join(folder, "archive.jsonl"), path.join(folder, "archive.1.jsonl"));

  await harness.open();
  await print(harness, 601, 1_100);
  await print(harness, 1_101, 1_110);

  expect((await readdir(folder)).toSorted()).toEqual(["archive.1.jsonl", "archive.2.jsonl", "archive.jsonl"]);
  expect(await textsIn(folder)).toEqual(lines(1, 1_110));
});

test("a file that somebody emptied goes on as it is", async () => {
  await using context = await setup();
  const { folder, harness } = context;
  await print(harness, 1, 5);
  await harness.close();
  await truncate(path.join(folder, "archive.jsonl"), 0);

  await harness.open();
  await print(harness, 6, 7);

  expect(await textsIn(folder)).toEqual(lines(6, 7));
});

test("a link in the place of the file is not followed", async () => {
  await using context = await setup();
  const { folder, harness } = context;
  const victim = path.join(harness.folder, "victim");
  await writeFile(victim, "untouched");
  await symlink(victim, path.join(folder, "archive.jsonl"));
  const run = await harness.beginRun();
  await run.print("one\n");

  const sink = await harness.until("archive", ({ state }) => state === "failing");

  expect(sink.sentLines).toBe(0);
  expect(await readFile(victim, "utf8")).toBe("untouched");
});

test("a folder that is gone is told, and nothing is lost when it is back", async () => {
  await using context = await setup();
  const { folder, harness } = context;
  await rename(folder, `${folder}-away`);
  const run = await harness.beginRun();
  await run.print(`${lines(1, 3).join("\n")}\n`);

  const failing = await harness.until("archive", ({ trouble }) => trouble !== null);
  await rename(`${folder}-away`, folder);
  await harness.until("archive", ({ sentLines }) => sentLines === 3);

  expect(failing.trouble?.code).toBe("folder.unreadable");
  expect(await textsIn(folder)).toEqual(lines(1, 3));
});

test("on a full disk lines wait, and every one is there once when there is space", async ({ skip }) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(256);
  await using harness = await createSinkHarness();
  await harness.set("archive", { kind: "file", folder: disk.folder });
  const run = await harness.beginRun();
  await run.print(`${lines(1, 8_000).join("\n")}\n`);
  await run.end();

  const full = await harness.until("archive", ({ trouble }) => trouble?.code === "data.full");
  const partly = await textsIn(disk.folder).catch(() => null);
  await disk.grow(8_192);
  await harness.until("archive", ({ sentLines }) => sentLines === 8_000);

  expect(full.waitingBytes).toBeGreaterThan(100_000);
  expect(partly === null || partly.length < 8_000).toBe(true);
  expect(await textsIn(disk.folder)).toEqual(lines(1, 8_000));
});
