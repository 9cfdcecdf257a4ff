import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { PassphraseStore } from "./passphrase-store.ts";

const COST = 16;
const RIGHT = "the right passphrase";

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-passphrase-"));
  const file = path.join(folder, "vault.bin");
  const clock = new FakeClock();
  const create = () => new PassphraseStore({ file, clock, cost: COST });
  const store = create();
  await store.create(RIGHT);
  await store.set("a", "value");
  return {
    file,
    folder,
    clock,
    store,
    create,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => "opened",
    ({ code, details }: { code: string; details: { waitMs?: number } }) => [code, details.waitMs],
  );
}

test("two slips are free; then the wait doubles up to five minutes, and the right one ends it", async () => {
  await using context = await setup();
  const waits: number[] = [];

  for (let count = 0; count < 13; count += 1) {
    const store = context.create();
    await codeOf(store.unlock("wrong"));
    waits.push(await context.create().waitMs());
    await context.clock.pass(waits.at(-1) ?? 0);
  }
  const store = context.create();
  await store.unlock(RIGHT);

  expect(waits).toEqual([
    0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000,
  ]);
  expect(await store.get("a")).toBe("value");
  expect(await store.waitMs()).toBe(0);
});

test("a passphrase that comes too early is not even tried, also by the next core", async () => {
  await using context = await setup();
  for (let count = 0; count < 3; count += 1) await codeOf(context.create().unlock("wrong"));

  expect(await codeOf(context.create().unlock(RIGHT))).toEqual(["vault.too_many_attempts", 1_000]);
  await context.clock.pass(1_000);
  expect(await codeOf(context.create().unlock(RIGHT))).toBe("opened");
});

test("a record of attempts that was damaged counts as a wrong attempt, and a clock set back adds no wait", async () => {
  await using context = await setup();
  const attempts = `${context.file}.attempts`;

  await writeFile(attempts, "{");
  expect(await context.create().waitMs()).toBe(1_000);
  await writeFile(attempts, JSON.stringify({ failures: 3, untilMs: context.clock.nowMs() + 10 ** 9 }));
  expect(await context.create().waitMs()).toBe(1_000);
});

test("a damaged vault is kept as it is, whatever is asked of it", async () => {
  await using context = await setup();
  const whole = await readFile(context.file);
  const damaged = whole.subarray(0, -1);
  await writeFile(context.file, damaged);

  const next = context.create();
  const failures = [
    await codeOf(next.unlock(RIGHT)),
    await codeOf(context.store.get("a")),
    await codeOf(context.store.set("b", "new")),
    await codeOf(context.store.delete("a")),
    await codeOf(next.create("another passphrase")),
  ];

  expect(failures.map((failure) => (Array.isArray(failure) ? failure[0] : failure))).toEqual([
    "vault.damaged",
    "vault.damaged",
    "vault.damaged",
    "vault.damaged",
    "vault.exists",
  ]);
  expect((await readFile(context.file)).equals(damaged)).toBe(true);
  expect(await readdir(context.folder)).toEqual(["vault.bin"]);
});
