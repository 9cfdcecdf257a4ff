import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { runIdSchema } from "#contract/ids.ts";
import { SecretFolders } from "./secret-folders.ts";

const RUN = runIdSchema.parse("0000000000000001");

async function setup() {
  const runtime = await mkdtemp(path.join(tmpdir(), "pilothouse-runtime-"));
  return {
    runtime,
    folders: new SecretFolders({
      runsFolder: path.join(runtime, "runs"),
      host: { XDG_RUNTIME_DIR: runtime },
      platform: "linux",
    }),
    [Symbol.asyncDispose]: () => rm(runtime, { recursive: true }),
  };
}

test("the folder of a run is its user's alone, in memory where there is some, and gone when it is removed", async () => {
  await using context = await setup();

  const folder = await context.folders.make(RUN);
  const modes = [folder, path.dirname(folder)].map(async (each) => (await stat(each)).mode & 0o777);

  expect(folder.startsWith(context.runtime)).toBe(true);
  expect(await Promise.all(modes)).toEqual([0o700, 0o700]);
  await context.folders.remove(RUN);
  expect(await readdir(path.dirname(folder))).toEqual([]);
});

test("a folder that others may write to is not used", async () => {
  await using context = await setup();
  const folder = await context.folders.make(RUN);
  await chmod(path.dirname(folder), 0o777);

  await expect(context.folders.make(RUN)).rejects.toThrow("somebody else");
});
