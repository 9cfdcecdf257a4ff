import { mkdir, mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { AppError } from "#contract/errors.ts";
import { PackageCache, type PackageRequest } from "./package-cache.ts";

async function setup() {
  const folder = await mkdtempDisposable(join(tmpdir(), "pilothouse-cache-"));
  return { folder, cache: new PackageCache({ folder: folder.path }) };
}

function requestOf(build: PackageRequest["build"], signal = new AbortController().signal): PackageRequest {
  return { name: "python-abc", onProgress: () => undefined, signal, build };
}

it("builds once for all who ask, at the same time and later", async () => {
  const { cache, folder } = await setup();
  await using _folder = folder;
  const held = Promise.withResolvers<void>();
  let builds = 0;
  const request = requestOf(async (target) => {
    builds += 1;
    await held.promise;
    await writeFile(join(target, "made"), "");
  });

  const early = [cache.provide(request), cache.provide(request)];
  held.resolve();
  const folders = new Set(await Promise.all([...early, cache.provide(request)]));
  folders.add(await new PackageCache({ folder: folder.path }).provide(request));

  expect(builds).toBe(1);
  expect([...folders]).toEqual([join(folder.path, "python-abc")]);
});

it("throws away what a build that was cut off has left", async () => {
  const { cache, folder } = await setup();
  await using _folder = folder;
  await mkdir(join(folder.path, "python-abc"));
  await writeFile(join(folder.path, "python-abc", "half"), "");

  const target = await cache.provide(requestOf((place) => writeFile(join(place, "whole"), "")));

  expect((await readdir(target)).filter((name) => !name.startsWith("."))).toEqual(["whole"]);
});

it("leaves nothing of a build that failed, and tries again", async () => {
  const { cache, folder } = await setup();
  await using _folder = folder;
  const problem = new AppError("start.packages_failed", "No");

  const failure = cache.provide(requestOf(() => Promise.reject(problem)));

  await expect(failure).rejects.toBe(problem);
  expect(await readdir(folder.path)).toEqual([]);
  await expect(cache.provide(requestOf(async () => undefined))).resolves.toContain("python-abc");
});

it("goes on building while one of two who wait is taken back", async () => {
  const { cache, folder } = await setup();
  await using _folder = folder;
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const taken = new AbortController();
  const build: PackageRequest["build"] = async (_target, _tell, signal) => {
    begun.resolve();
    await held.promise;
    if (signal.aborted) throw new Error("given up");
  };

  const first = cache.provide(requestOf(build, taken.signal));
  const firstEnd = expect(first).rejects.toMatchObject({ code: "run.cancelled" });
  await begun.promise;
  const second = cache.provide(requestOf(build));
  await new Promise((resolve) => setImmediate(resolve));
  taken.abort();
  await firstEnd;
  held.resolve();

  await expect(second).resolves.toContain("python-abc");
});

it("takes back a request that was aborted while the disk was asked", async () => {
  const { cache, folder } = await setup();
  await using _folder = folder;
  const taken = new AbortController();

  const failure = cache.provide(requestOf(() => Promise.withResolvers<void>().promise, taken.signal));
  taken.abort();

  await expect(failure).rejects.toMatchObject({ code: "run.cancelled" });
});

it("lets a new start wait for the clearing of a build that all before it gave up", async () => {
  const { cache, folder } = await setup();
  await using _folder = folder;
  const taken = new AbortController();
  const begun = Promise.withResolvers<void>();
  const cleared = Promise.withResolvers<void>();
  const first = cache.provide(
    requestOf(async () => {
      begun.resolve();
      await cleared.promise;
      throw new AppError("run.cancelled", "Given up");
    }, taken.signal),
  );
  const firstEnd = expect(first).rejects.toMatchObject({ code: "run.cancelled" });
  await begun.promise;
  taken.abort();
  await firstEnd;

  const second = cache.provide(requestOf((target) => writeFile(join(target, "whole"), "")));
  cleared.resolve();

  expect((await readdir(await second)).filter((name) => !name.startsWith("."))).toEqual(["whole"]);
});
