import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { agentNameSchema, runIdSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { openForWriting } from "#main/store/database.ts";
import { openStore } from "#main/store/index.ts";
import { MIGRATIONS } from "#main/store/migrations/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";

const addColumn = {
  id: MIGRATIONS.length + 1,
  name: "add-colour",
  up: (db: ReturnType<typeof openForWriting>) => db.exec("ALTER TABLE agents ADD COLUMN colour TEXT"),
};

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-store-"));
  const clock = new FakeClock();
  const database = path.join(folder, "pilothouse.db");
  const failures: unknown[] = [];
  return {
    folder,
    clock,
    database,
    failures,
    open: (migrations = MIGRATIONS) =>
      openStore({
        place: { folder, database },
        clock,
        migrations,
        onSnapshotFailed: (error) => failures.push(error),
      }),
    snapshots: async () => (await readdir(path.join(folder, "snapshots"))).toSorted(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

type Context = Awaited<ReturnType<typeof setup>>;

function idOf(number: number) {
  return runIdSchema.parse(number.toString().padStart(16, "0"));
}

function insertRun(store: Awaited<ReturnType<Context["open"]>>, number: number): void {
  store.runs.insert({
    id: idOf(number),
    agent: agentNameSchema.parse("collector"),
    target: THIS_COMPUTER,
    release: null,
    inputJson: "{}",
    attempt: 1,
    previousRunId: null,
    door: "cli",
    createdAtMs: number,
    dueAtMs: null,
    manifestJson: "{}",
  });
}

test("what was stored is there after the store was opened again, in WAL with full sync", async () => {
  await using context = await setup();
  {
    await using store = await context.open();
    insertRun(store, 1);
  }

  await using store = await context.open();

  expect(store.runs.find(idOf(1))?.run.state).toBe("queued");
  expect(store.recovery).toBeNull();
  const db = openForWriting(context.database);
  const pragmas = ["journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout"];
  expect(pragmas.map((name) => db.pragma(name, { simple: true }))).toEqual(["wal", 2, 1, 1, 2_000]);
  db.close();
});

test("the database can be read by its owner alone", async () => {
  await using context = await setup();
  await using store = await context.open();
  insertRun(store, 1);

  for (const file of [context.database, `${context.database}-wal`]) {
    expect((await stat(file)).mode & 0o077).toBe(0);
  }
});

test("a file of a newer version is refused and not changed", async () => {
  await using context = await setup();
  {
    await using store = await context.open([...MIGRATIONS, addColumn]);
    insertRun(store, 1);
  }
  const before = await readFile(context.database);

  await expect(context.open()).rejects.toEqual(
    expect.objectContaining({
      code: "data.newer",
      details: { file: context.database, fileVersion: addColumn.id, knownVersion: MIGRATIONS.length },
    }),
  );

  expect(await readFile(context.database)).toEqual(before);
});

test("a file that holds something is copied before it is migrated", async () => {
  await using context = await setup();
  {
    await using store = await context.open();
    insertRun(store, 1);
  }

  await using store = await context.open([...MIGRATIONS, addColumn]);

  expect(store.runs.find(idOf(1))).not.toBeNull();
  const [copy] = await context.snapshots();
  expect(copy).toMatch(/^migration-/);
  const db = openForWriting(path.join(context.folder, "snapshots", String(copy)));
  expect(db.pragma("user_version", { simple: true })).toBe(MIGRATIONS.length);
  expect(db.prepare("SELECT count(*) AS runs FROM runs").get()).toEqual({ runs: 1 });
  db.close();
});

test("a migration that fails leaves the file as it was", async () => {
  await using context = await setup();
  {
    await using store = await context.open();
    insertRun(store, 1);
  }
  const failing = {
    ...addColumn,
    up: (db: Parameters<typeof addColumn.up>[0]) => {
      addColumn.up(db);
      throw new Error("half way");
    },
  };

  await expect(context.open([...MIGRATIONS, failing])).rejects.toThrow("half way");

  await using store = await context.open();
  expect(store.runs.find(idOf(1))).not.toBeNull();
  const db = openForWriting(context.database);
  expect(JSON.stringify(db.pragma("table_info(agents)"))).not.toContain("colour");
  db.close();
});

test("only the last three copies of each kind are kept", async () => {
  await using context = await setup();
  await using store = await context.open();
  for (let count = 0; count < 5; count += 1) {
    await store.takeSnapshot();
    await context.clock.pass(1_000);
  }

  expect(await context.snapshots()).toHaveLength(3);
});

test("snapshots are taken at the start and every five minutes in which something changed", async () => {
  await using context = await setup();
  await using store = await context.open();
  store.start();
  await expect.poll(() => context.snapshots()).toEqual([expect.stringMatching(/^start-/)]);

  await context.clock.pass(4.9 * 60_000);
  expect(await context.snapshots()).toHaveLength(1);
  insertRun(store, 1);
  await context.clock.pass(60_000);
  await expect.poll(() => context.snapshots()).toHaveLength(2);
  await context.clock.pass(60 * 60_000);
  expect(await context.snapshots()).toHaveLength(2);
  expect(context.failures).toEqual([]);
});

test("a damaged file is kept and the newest good copy takes its place", async () => {
  await using context = await setup();
  {
    await using store = await context.open();
    insertRun(store, 1);
    await store.takeSnapshot();
    await context.clock.pass(1_000);
    insertRun(store, 2);
    await store.takeSnapshot();
    await context.clock.pass(1_000);
    insertRun(store, 3);
    await store.takeSnapshot();
  }
  const newest = path.join(context.folder, "snapshots", String((await context.snapshots()).at(-1)));
  await writeFile(newest, "no database either");
  await writeFile(context.database, Buffer.alloc(20_000, "damage"));

  await using store = await context.open();

  expect(store.runs.list({ limit: 10 }).runs.map(({ id }) => id)).toEqual([idOf(2), idOf(1)]);
  expect(store.recovery?.restoredFrom).toBe(
    path.join(context.folder, "snapshots", String((await context.snapshots()).at(1))),
  );
  expect((await readFile(String(store.recovery?.keptAs))).subarray(0, 6).toString()).toBe("damage");
  insertRun(store, 4);
});

test("the journal of a damaged file is kept with it and not played into the copy", async () => {
  await using context = await setup();
  const copy = await mkdtemp(path.join(tmpdir(), "pilothouse-copy-"));
  {
    await using store = await context.open();
    insertRun(store, 1);
  }
  {
    await using store = await context.open();
    await store.takeSnapshot();
    for (let number = 2; number < 50; number += 1) insertRun(store, number);
    await cp(context.folder, copy, { recursive: true });
  }
  await rm(context.folder, { recursive: true });
  await rename(copy, context.folder);
  const damaged = await readFile(context.database);
  await writeFile(context.database, damaged.fill(0));

  await using store = await context.open();

  expect(store.runs.list({ limit: 10 }).total).toBe(1);
  expect((await readdir(path.dirname(String(store.recovery?.keptAs)))).toSorted()).toEqual(
    expect.arrayContaining(["pilothouse.db", "pilothouse.db-wal"]),
  );
});

test.each([
  ["empty", (file: string) => writeFile(file, "")],
  ["gone", (file: string) => rm(file)],
])("a database that is suddenly %s comes back from its copy", async (_, harm) => {
  await using context = await setup();
  {
    await using store = await context.open();
    insertRun(store, 1);
    await store.takeSnapshot();
  }
  await harm(context.database);

  await using store = await context.open();

  expect(store.runs.find(idOf(1))).not.toBeNull();
  expect(store.recovery?.restoredFrom).not.toBeNull();
});

test("a damaged file without any copy is kept, and the store begins anew", async () => {
  await using context = await setup();
  await writeFile(context.database, Buffer.alloc(20_000, "damage"));

  await using store = await context.open();

  expect(store.recovery).toMatchObject({ restoredFrom: null });
  expect((await readFile(String(store.recovery?.keptAs))).length).toBe(20_000);
  insertRun(store, 1);
});

test("a run in a state that no version knows is damage", async () => {
  await using context = await setup();
  {
    await using store = await context.open();
    insertRun(store, 1);
    await store.takeSnapshot();
  }
  const db = openForWriting(context.database);
  db.exec("UPDATE runs SET state = 'quevfd'");
  db.close();

  await using store = await context.open();

  expect(store.runs.find(idOf(1))?.run.state).toBe("queued");
  expect(store.recovery).not.toBeNull();
});

test("a snapshot that fails is told and the store goes on", async () => {
  await using context = await setup();
  await using store = await context.open();
  await rm(path.join(context.folder, "snapshots"), { recursive: true });
  await writeFile(path.join(context.folder, "snapshots"), "in the way");

  store.start();
  await expect.poll(() => context.failures).toHaveLength(1);

  insertRun(store, 1);
  await rm(path.join(context.folder, "snapshots"));
  await mkdir(path.join(context.folder, "snapshots"));
  await chmod(path.join(context.folder, "snapshots"), 0o700);
  await store.takeSnapshot();
  expect(await context.snapshots()).toHaveLength(1);
});

test("another program that holds the database is named as the reason, and waited for at most two seconds", async () => {
  await using context = await setup();
  await using store = await context.open();
  const other = openForWriting(context.database);
  other.exec("BEGIN IMMEDIATE");

  expect(() => insertRun(store, 1)).toThrow(expect.objectContaining({ code: "data.io_failed" }));
  other.exec("COMMIT");
  other.close();

  insertRun(store, 1);
});
