import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { ReleaseStore, type ReleaseStoreDeps } from "#main/agents/index.ts";
import { SystemClock } from "#main/platform/index.ts";

const signal = new AbortController().signal;
const MIB = 1024 ** 2;

/** Files that were just written count as old, so that what they look like is remembered. */
const LATE: Clock = {
  nowMs: () => Date.now() + 60_000,
  monotonicMs: () => 0,
  after: () => ({ cancel: () => undefined }),
};

/** A temporary folder with an agent and an empty place for releases. */
async function setUp(options: Partial<ReleaseStoreDeps> = {}) {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-releases-"));
  const source = join(root, "agent");
  const folder = join(root, "data", "releases");
  await mkdir(join(source, "lib"), { recursive: true });
  await writeFile(join(source, "agent.yaml"), "name: a\n");
  await writeFile(join(source, "main.py"), "print('hello')\n");
  await writeFile(join(source, "lib", "tool.sh"), "#!/bin/sh\n", { mode: 0o755 });
  const store = new ReleaseStore({ folder, clock: new SystemClock(), ...options });
  await store.start();
  return {
    root,
    source,
    folder,
    store,
    make: () => store.make(source, signal),
    /** Names in the releases folder that a person could take for a release. */
    releases: async () => (await readdir(folder)).filter((name) => name !== ".seen"),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.sort();
}

test("a release holds the files of the folder, read-only, with their executable bit", async () => {
  await using place = await setUp();

  const { folder } = await place.make();

  const modes = await Promise.all(
    ["main.py", "lib/tool.sh"].map(async (file) =>
      ((await stat(join(folder, file))).mode & 0o777).toString(8),
    ),
  );
  expect({
    files: await filesIn(folder),
    text: await readFile(join(folder, "main.py"), "utf8"),
    modes,
  }).toEqual({
    files: ["agent.yaml", "lib", "lib/tool.sh", "main.py"],
    text: "print('hello')\n",
    modes: ["444", "555"],
  });
});

test("equal folders have one release; a changed byte, name or executable bit makes another", async () => {
  await using first = await setUp();
  await using second = await setUp();
  const ids = [(await first.make()).id, (await first.make()).id, (await second.make()).id];

  await appendFile(join(second.source, "main.py"), "#");
  ids.push((await second.make()).id);
  await chmod(join(second.source, "main.py"), 0o755);
  ids.push((await second.make()).id);
  await writeFile(join(second.source, "empty"), "");
  ids.push((await second.make()).id);

  expect([new Set(ids.slice(0, 3)).size, new Set(ids).size, (await second.releases()).length]).toEqual([
    1, 4, 4,
  ]);
});

test("a change that keeps size and modification time is seen", async () => {
  await using place = await setUp({ clock: LATE });
  const file = join(place.source, "main.py");
  const old = new Date("2020-01-01");
  await utimes(file, old, old);
  const before = await place.make();

  await writeFile(file, "print('HELLO')\n");
  await utimes(file, old, old);

  expect((await place.make()).id).not.toBe(before.id);
});

test("an unchanged folder is not read again, also by the next core", async () => {
  await using place = await setUp({ clock: LATE });
  const before = await place.make();
  const { atimeNs } = await stat(join(place.source, "main.py"), { bigint: true });
  const next = new ReleaseStore({ folder: place.folder, clock: LATE });

  const ids = [(await place.make()).id, (await next.make(place.source, signal)).id];

  const after = await stat(join(place.source, "main.py"), { bigint: true });
  const seen = await readdir(join(place.folder, ".seen"));
  expect({ ids, atimeNs: after.atimeNs, seen: seen.length }).toEqual({
    ids: [before.id, before.id],
    atimeNs,
    seen: 1,
  });
});

test("a release that somebody removed is made again", async () => {
  await using place = await setUp({ clock: LATE });
  const { folder, id } = await place.make();
  await rm(folder, { recursive: true, force: true });

  const again = await place.make();

  expect([again.id, (await filesIn(again.folder)).length]).toEqual([id, 4]);
});

test("what tools leave behind and what .pilothouseignore names stays out", async () => {
  await using place = await setUp();
  for (const folder of [".git", "node_modules/x", "__pycache__", ".venv", "lib/__pycache__", "big", "keep"]) {
    await mkdir(join(place.source, folder), { recursive: true });
    await writeFile(join(place.source, folder, "file.bin"), "x");
  }
  await writeFile(join(place.source, "old.pyc"), "x");
  await writeFile(join(place.source, ".pilothouseignore"), "big/\n*.bin\n!keep/*.bin\nagent.yaml\n");

  const { folder } = await place.make();

  expect(await filesIn(folder)).toEqual([
    ".pilothouseignore",
    "agent.yaml",
    "keep",
    "keep/file.bin",
    "lib",
    "lib/tool.sh",
    "main.py",
  ]);
});

test("links inside the folder stay links, and an absolute one becomes relative", async () => {
  await using place = await setUp();
  await symlink("../main.py", join(place.source, "lib", "relative"));
  await symlink(join(place.source, "main.py"), join(place.source, "lib", "absolute"));

  const { folder } = await place.make();

  const links = await Promise.all(
    ["relative", "absolute"].map((name) => readlink(join(folder, "lib", name))),
  );
  expect(links).toEqual(["../main.py", "../main.py"]);
});

test.for([
  ["a link to a file outside", (source: string) => symlink("/etc/hostname", join(source, "bad"))],
  ["a link to the folder above", (source: string) => symlink("..", join(source, "bad"))],
  [
    "a link that leaves through another link",
    async (source: string) => {
      await symlink(".", join(source, "lib", "here"));
      await symlink("lib/here/../../outside", join(source, "bad"));
    },
  ],
] as const)("%s is refused and nothing is left behind", async ([, prepare]) => {
  await using place = await setUp();
  await writeFile(join(place.root, "outside"), "x");
  await prepare(place.source);

  await expect(place.make()).rejects.toMatchObject({
    code: "release.unsupported_file",
    details: { file: "bad" },
  });

  expect(await place.releases()).toEqual([]);
});

test("a socket in the folder is refused with its name", async () => {
  await using place = await setUp();
  const server = createServer().listen(join(place.source, "s.sock"));
  await once(server, "listening");

  const making = place.make();

  await expect(making).rejects.toMatchObject({
    code: "release.unsupported_file",
    details: { file: "s.sock" },
  });
  server.close();
});

test("a folder with too many or too large files says how much is allowed", async () => {
  await using few = await setUp({ limits: { files: 3, sizeBytes: MIB } });
  await using small = await setUp({ limits: { files: 100, sizeBytes: 20 } });

  await expect(few.make()).rejects.toMatchObject({
    code: "release.too_large",
    details: { files: 4, limitFiles: 3 },
  });
  await expect(small.make()).rejects.toMatchObject({
    code: "release.too_large",
    details: { limitBytes: 20 },
  });
  expect([await few.releases(), await small.releases()]).toEqual([[], []]);
});

test("a folder that is gone is named", async () => {
  await using place = await setUp();
  await rm(place.source, { recursive: true });

  await expect(place.make()).rejects.toMatchObject({
    code: "folder.unreadable",
    details: { folder: place.source },
  });
});

test("many makers of one release at the same time all get it", async () => {
  await using place = await setUp();
  const other = new ReleaseStore({ folder: place.folder, clock: new SystemClock() });

  const made = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? place.store : other).make(place.source, signal),
    ),
  );

  expect([new Set(made.map(({ id }) => id)).size, await place.releases()]).toEqual([1, [made[0]?.id]]);
});

test("a file that changes while it is copied is noticed, and the second try succeeds", async () => {
  await using place = await setUp();
  const big = join(place.source, "big.bin");
  await writeFile(big, Buffer.alloc(48 * MIB, 1));
  const changed = new Promise<void>((resolve, reject) => {
    const watcher = watch(place.folder, () => {
      watcher.close();
      appendFile(big, "more").then(resolve, reject);
    });
  });

  const { folder } = await place.make();
  await changed;

  expect([(await lstat(join(folder, "big.bin"))).size, await place.releases()]).toEqual([
    48 * MIB + 4,
    [expect.any(String)],
  ]);
});

test("a folder that never rests is refused, and nothing is left behind", async () => {
  await using place = await setUp();
  const big = join(place.source, "big.bin");
  await writeFile(big, Buffer.alloc(32 * MIB, 1));
  const state = { isOver: false };
  const changing = (async () => {
    while (!state.isOver) await appendFile(big, "x");
  })();

  await expect(place.make()).rejects.toMatchObject({
    code: "release.folder_changing",
    details: { folder: place.source },
  });

  state.isOver = true;
  await changing;
  expect(await place.releases()).toEqual([]);
});

test("a place for releases that cannot be written is named, not the agent's folder", async () => {
  await using place = await setUp();
  await rm(place.folder, { recursive: true });
  await writeFile(place.folder, "a file where the folder was");

  await expect(place.make()).rejects.toMatchObject({
    code: "data.read_only",
    details: { folder: place.folder },
  });
});

test("an aborted signal stops the making and leaves nothing", async () => {
  await using place = await setUp();

  await expect(place.store.make(place.source, AbortSignal.abort())).rejects.toThrow();

  expect(await place.releases()).toEqual([]);
});

test("a maker killed in the middle leaves no release, and the next start clears its rest", async () => {
  await using place = await setUp();
  for (let index = 0; index < 40; index += 1) {
    await writeFile(join(place.source, `part-${index}.bin`), Buffer.alloc(4 * MIB, index));
  }
  const script = join(import.meta.dirname, "agents-release-builder.ts");
  const builder = spawn(process.execPath, [script, place.folder, place.source], { stdio: "inherit" });
  await untilThere(async () => {
    const building = (await place.releases()).find((name) => name.startsWith(".building-"));
    return (
      building !== undefined &&
      (await readdir(join(place.folder, building))).some((name) => name.startsWith("part-"))
    );
  });
  builder.kill("SIGKILL");
  await once(builder, "exit");
  const left = await place.releases();

  await place.store.start();
  const cleared = await place.releases();
  const { id, folder } = await place.make();

  expect({
    left: left.map((name) => name.startsWith(".building-")),
    cleared,
    releases: await place.releases(),
    files: (await readdir(folder)).length,
  }).toEqual({ left: [true], cleared: [], releases: [id], files: 43 });
});

test("what a living maker builds is not cleared away by another start", async () => {
  await using place = await setUp();
  await mkdir(join(place.folder, `.building-${process.pid}-abc`));
  await mkdir(join(place.folder, ".building-nonsense"));

  await place.store.start();

  expect(await place.releases()).toEqual([`.building-${process.pid}-abc`]);
});

async function untilThere(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise((resolve) => setImmediate(resolve));
}

test("releases that nobody uses go as a whole; those in use, or asked for lately, stay", async () => {
  let monotonicMs = 0;
  const clock: Clock = { ...LATE, monotonicMs: () => monotonicMs };
  await using context = await setUp({ clock });
  const first = await context.make();
  await writeFile(join(context.source, "main.py"), "print('second')\n");
  const second = await context.make();
  await writeFile(join(context.source, "main.py"), "print('third')\n");
  const third = await context.make();

  const tooEarly = await context.store.removeUnused(new Set());
  monotonicMs = 61 * 60_000;
  await writeFile(join(context.source, "main.py"), "print('second')\n");
  await context.make();
  const removed = await context.store.removeUnused(new Set([third.id]));

  expect([tooEarly, removed]).toEqual([0, 1]);
  expect(await context.releases()).toEqual([second.id, third.id].sort());
  await expect(stat(first.folder)).rejects.toThrow("ENOENT");
});

test("a removal that was cut short is ended by the next start", async () => {
  await using context = await setUp();
  const { id } = await context.make();
  await mkdir(join(context.folder, `.removing-${"0".repeat(64)}`));

  await context.store.start();

  expect(await context.releases()).toEqual([id]);
});
