import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { AppLog } from "./app-log.ts";
import { DataFolder, type FolderPlace, resolveDataFolder } from "./data-folder.ts";
import { removeDurably, writeDurably } from "./durable-file.ts";
import { toDataError } from "./fs-errors.ts";
import { SystemClock } from "./system-clock.ts";

const linux: FolderPlace = { platform: "linux", env: {}, home: "/home/ada", tmp: "/tmp" };

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-platform-"));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

test("the data folder lies where the system keeps such things", () => {
  const windows = { ...linux, platform: "win32", home: "C:\\Users\\ada" } as const;

  expect([
    resolveDataFolder(linux),
    resolveDataFolder({ ...linux, env: { XDG_DATA_HOME: "/data" } }),
    resolveDataFolder({ ...linux, env: { XDG_DATA_HOME: "relative" } }),
    resolveDataFolder({ ...linux, platform: "darwin", home: "/Users/ada" }),
    resolveDataFolder({ ...windows, env: { APPDATA: "C:\\Roaming" } }),
    resolveDataFolder(windows),
  ]).toEqual([
    "/home/ada/.local/share/pilothouse",
    "/data/pilothouse",
    "/home/ada/.local/share/pilothouse",
    "/Users/ada/Library/Application Support/Pilothouse",
    "C:\\Roaming\\Pilothouse",
    "C:\\Users\\ada\\AppData\\Roaming\\Pilothouse",
  ]);
});

test("the socket's address always fits, and is the same for the same folder", () => {
  const deep = `/srv/${"deep/".repeat(40)}`;
  const socketOf = (folder: string, place = linux) => new DataFolder(folder, place).socket;

  expect(socketOf("/srv/data")).toBe("/srv/data/core.sock");
  expect(socketOf(deep)).toMatch(/^\/tmp\/pilothouse-\d+\/[0-9a-f]{16}\.sock$/);
  expect(socketOf(deep)).toBe(socketOf(deep.slice(0, -1)));
  expect(socketOf(deep)).not.toBe(socketOf(`${deep}other`));
  expect(socketOf(deep, { ...linux, env: { XDG_RUNTIME_DIR: "/run/user/7" } })).toMatch(/^\/run\/user\/7\//);
  expect(socketOf(deep, { ...linux, env: { XDG_RUNTIME_DIR: deep } })).toMatch(/^\/tmp\//);
  expect(socketOf(deep, { ...linux, platform: "win32" })).toMatch(/^\\\\\.\\pipe\\pilothouse-[0-9a-f]{16}$/);
});

test("an opened data folder belongs to its owner alone and leaves no probe behind", async () => {
  await using context = await setup();
  const folder = new DataFolder(path.join(context.folder, "new", "data"), linux);

  await folder.open();

  expect((await stat(folder.folder)).mode & 0o777).toBe(0o700);
  expect((await readdir(folder.folder)).toSorted()).toEqual([
    "engines",
    "environments",
    "logs",
    "releases",
    "runs",
    "samples",
  ]);
});

test("an empty folder that others could read is closed to them; one that holds other things is left as it is", async () => {
  await using context = await setup();
  const [empty, used] = [path.join(context.folder, "empty"), path.join(context.folder, "used")];
  for (const folder of [empty, used]) {
    await mkdir(folder);
    await chmod(folder, 0o755);
  }
  await writeFile(path.join(used, "thesis.txt"), "");

  for (const folder of [empty, used]) await new DataFolder(folder, linux).open();

  expect((await stat(empty)).mode & 0o777).toBe(0o700);
  expect((await stat(used)).mode & 0o777).toBe(0o755);
});

test("a data folder that is a file is refused", async () => {
  await using context = await setup();
  const file = path.join(context.folder, "file");
  await writeFile(file, "");

  const failure = new DataFolder(path.join(file, "data"), linux).open();

  await expect(failure).rejects.toEqual(expect.objectContaining({ code: "data.read_only" }));
});

test.runIf(process.platform === "linux")("a folder that can never be made is refused at once", async () => {
  const failure = new DataFolder("/proc/pilothouse/data", linux).open();

  await expect(failure).rejects.toEqual(expect.objectContaining({ code: "data.io_failed" }));
});

test("a path that the database could not open is refused, with how long it may be", async () => {
  await using context = await setup();
  const tooLong = path.join(context.folder, "l".repeat(200), "m".repeat(200));

  const failure = new DataFolder(tooLong, linux).open();

  await expect(failure).rejects.toMatchObject({
    code: "usage.invalid",
    details: { argument: "--data", expected: "a path of at most 400 bytes" },
  });
  await expect(readdir(context.folder)).resolves.toEqual([]);
});

test("what the system refuses has a name, and a bug stays a bug", () => {
  const codeFor = (error: unknown) => {
    const translated = toDataError(error, "/data");
    return translated instanceof AppError ? translated.code : translated;
  };
  const bug = new TypeError("bug");

  expect(
    ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EEXIST", "EIO", "EMFILE"].map((code) =>
      codeFor(systemError(code)),
    ),
  ).toEqual([
    "data.full",
    "data.full",
    "data.read_only",
    "data.read_only",
    "data.read_only",
    "data.io_failed",
    "data.io_failed",
  ]);
  expect(codeFor(bug)).toBe(bug);
});

test("a durable file replaces the old one whole and leaves no draft", async () => {
  await using context = await setup();
  const file = path.join(context.folder, "owner.json");

  await writeDurably(file, "old");
  await writeDurably(file, "new");

  expect(await readFile(file, "utf8")).toBe("new");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(context.folder)).toEqual(["owner.json"]);
  await removeDurably(file);
  await removeDurably(file);
  expect(await readdir(context.folder)).toEqual([]);
});

test("a durable file that cannot be put in place leaves no draft", async () => {
  await using context = await setup();

  await expect(writeDurably(context.folder, "x")).rejects.toThrow(AppError);

  expect((await readdir(path.dirname(context.folder))).filter((name) => name.endsWith(".draft"))).toEqual([]);
});

test("the program's own log holds one JSON object a line, with causes and incident", async () => {
  await using context = await setup();
  const file = path.join(context.folder, "app.log");
  const log = new AppLog({ file, clock: { nowMs: () => 0, monotonicMs: () => 0, after: noTimer } });

  log.write({ level: "info", message: "line\nbreak" });
  log.write({
    level: "error",
    message: "bug",
    incident: "i1",
    error: new Error("outer", { cause: new Error("inner") }),
  });
  await log.flush();

  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time: "1970-01-01T00:00:00.000Z", level: "info", message: "line\nbreak" },
    {
      time: "1970-01-01T00:00:00.000Z",
      level: "error",
      message: "bug",
      incident: "i1",
      error: expect.stringMatching(/outer.*Caused by: Error: inner/s),
    },
  ]);
});

test("the program's own log never grows beyond two files of its bound", async () => {
  await using context = await setup();
  const file = path.join(context.folder, "app.log");
  const log = new AppLog({ file, clock: new SystemClock(), limitBytes: 2_000 });

  for (let count = 0; count < 200; count += 1) {
    log.write({ level: "info", message: `entry ${count}` });
    await log.flush();
  }

  expect((await readdir(context.folder)).toSorted()).toEqual(["app.log", "app.log.1"]);
  for (const name of ["app.log", "app.log.1"]) {
    expect((await stat(path.join(context.folder, name))).size).toBeLessThanOrEqual(2_000);
  }
  expect(await readFile(file, "utf8")).toContain("entry 199");
});

test("entries the disk refused are written once it takes them again", async () => {
  await using context = await setup();
  const file = path.join(context.folder, "missing", "app.log");
  const log = new AppLog({ file, clock: new SystemClock() });
  log.write({ level: "error", message: "kept" });
  await expect(log.flush()).rejects.toThrow(AppError);

  await writeDurably(path.join(context.folder, "x"), "");
  await new DataFolder(path.dirname(file), linux).open();
  await log.flush();

  expect(await readFile(file, "utf8")).toContain("kept");
});

test("a timer fires once after its delay, and not at all when taken back", async () => {
  const clock = new SystemClock();
  const fired: string[] = [];
  clock.after(1, () => fired.push("taken back")).cancel();
  clock.after(2 ** 40, () => fired.push("in 34 years")).cancel();
  const before = clock.monotonicMs();

  const keepAlive = setInterval(() => undefined, 1_000);
  await new Promise<void>((resolve) => clock.after(5, resolve));
  clearInterval(keepAlive);

  expect(fired).toEqual([]);
  expect(clock.monotonicMs()).toBeGreaterThan(before);
  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(60_000);
});

function noTimer() {
  return { cancel: () => undefined };
}
