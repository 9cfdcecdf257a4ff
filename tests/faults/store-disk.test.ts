import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { SystemClock } from "#main/platform/index.ts";
import { CoreLock } from "#main/store/index.ts";
import { idOf, isRoot, mountSmallDisk, NO_ROOT, newRun, openStoreIn, placeIn } from "./store-fixture.ts";

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : String(error);
}

test("a full disk refuses a write by name, keeps what was stored, and takes writes again when there is space", async ({
  skip,
}) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(2_048);
  let stored = 0;
  {
    await using store = await openStoreIn(disk.folder);
    const fill = () => {
      for (;;) {
        store.runs.insert(newRun(stored + 1, 4_000));
        stored += 1;
      }
    };
    expect(fill).toThrow(expect.objectContaining({ code: "data.full" }));
    expect(stored).toBeGreaterThan(20);
    expect(store.runs.find(idOf(stored + 1))).toBeNull();
    expect(store.runs.list({ limit: 1 }).total).toBe(stored);

    await disk.grow(20_480);
    store.runs.insert(newRun(stored + 1, 4_000));
    stored += 1;
  }

  await using store = await openStoreIn(disk.folder);
  expect(store.recovery).toBeNull();
  expect(store.runs.list({ limit: 1 }).total).toBe(stored);
});

test("a disk that is full from the start is named, and nothing is half made", async ({ skip }) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(64);
  const ballast = path.join(disk.folder, "ballast");
  await expect(writeFile(ballast, Buffer.alloc(128 * 1024))).rejects.toThrow("ENOSPC");
  const place = placeIn(disk.folder);

  await expect(place.open()).rejects.toEqual(expect.objectContaining({ code: "data.full" }));
  await expect(openStoreIn(disk.folder)).rejects.toEqual(expect.objectContaining({ code: "data.full" }));

  await disk.grow(10_240);
  await place.open();
  await using store = await openStoreIn(disk.folder);
  store.runs.insert(newRun(1));
  expect(store.recovery).toBeNull();
});

test("a disk that can only be read is named at every door", async ({ skip }) => {
  skip(!isRoot, NO_ROOT);
  await using disk = await mountSmallDisk(10_240);
  const place = placeIn(disk.folder);
  {
    await using store = await openStoreIn(disk.folder);
    store.runs.insert(newRun(1));
  }
  await disk.makeReadOnly();

  const attempts = [
    place.open(),
    openStoreIn(disk.folder),
    CoreLock.acquire({ place, clock: new SystemClock(), pid: process.pid, entry: "cli" }),
  ];
  const codes = await Promise.all(attempts.map((attempt) => attempt.then(() => "done", codeOf)));

  expect(codes).toEqual(["data.read_only", "data.read_only", "data.read_only"]);
  await disk.makeWritable();
  await using store = await openStoreIn(disk.folder);
  expect(store.runs.find(idOf(1))).not.toBeNull();
});
