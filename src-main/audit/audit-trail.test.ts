import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { openStore } from "#main/store/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import type { AuditRecords } from "./audit-records.ts";
import { type AuditedAct, AuditTrail } from "./audit-trail.ts";

const ACT: AuditedAct = { door: "cli", action: "credential.set", subject: "shop" };

async function setup(change: (records: AuditRecords) => AuditRecords = (records) => records) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-audit-"));
  const clock = new FakeClock();
  const file = path.join(folder, "pilothouse.db");
  const open = () =>
    openStore({ place: { folder, database: file }, clock, onSnapshotFailed: () => undefined });
  const store = await open();
  const troubles: number[] = [];
  const trail = new AuditTrail({
    records: change(store.audit),
    clock: {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => 0,
      after: atOnce,
    },
    who: "ada",
    publish: () => undefined,
    onTrouble: (_error, seq) => troubles.push(seq),
  });
  return {
    trail,
    troubles,
    /** Does to the file what somebody with the right tools could. */
    tamper(sql: string) {
      const db = new DatabaseSync(file);
      db.exec(
        `PRAGMA foreign_keys = OFF; DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened; ${sql}`,
      );
      db.close();
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

test("what happens stands between its beginning and its outcome", async () => {
  await using context = await setup();
  const { trail } = context;
  const seen: string[] = [];

  await trail.around(ACT, async () => void seen.push(trail.list({ limit: 1 }).entries[0]?.outcome ?? ""));
  await trail
    .around(ACT, () => Promise.reject(new AppError("credential.invalid", "no")))
    .catch(() => undefined);
  await trail.around(ACT, () => Promise.reject(new AppError("vault.hung", "no"))).catch(() => undefined);

  expect(seen).toEqual(["begun"]);
  expect(
    trail
      .list({ limit: 10 })
      .entries.map(({ begunSeq, outcome, seq, details }) => [seq, outcome, begunSeq, details]),
  ).toEqual([
    [6, "failed", 5, { code: "vault.hung" }],
    [5, "begun", null, {}],
    [4, "refused", 3, { code: "credential.invalid" }],
    [3, "begun", null, {}],
    [2, "done", 1, {}],
    [1, "begun", null, {}],
  ]);
  expect(await trail.verify()).toMatchObject({ entries: 6, brokenAtSeq: null });
});

test("without a record there is no effect; without the record of its outcome there still was one", async () => {
  let isFull = true;
  await using context = await setup((records) => ({
    append: (entry, hashOf) => {
      if (isFull) throw new AppError("data.full", "no space");
      return records.append(entry, hashOf);
    },
    list: (request) => records.list(request),
    names: () => records.names(),
    lastSeq: () => records.lastSeq(),
  }));
  const done: string[] = [];

  const refused = context.trail.around(ACT, async () => void done.push("first"));
  await expect(refused).rejects.toMatchObject({ code: "data.full" });
  isFull = false;
  await context.trail.around(ACT, async () => {
    done.push("second");
    isFull = true;
  });

  expect(done).toEqual(["second"]);
  expect(context.troubles).toEqual([1]);
});

test.each([
  ["changed", "UPDATE audit SET who = 'eve' WHERE seq = 3", 3, "changed", "entry 3 is not what was written"],
  ["taken out", "DELETE FROM audit WHERE seq = 3", 3, "missing", "entry 3 is missing"],
  [
    "cut off at the end",
    "DELETE FROM audit WHERE seq > 4",
    5,
    "cut",
    "the trail ends at 4, and 6 entries were written",
  ],
])("an entry that was %s is found", async (...[, sql, brokenAtSeq, fault, problem]) => {
  await using context = await setup();
  for (let count = 0; count < 3; count += 1) await context.trail.around(ACT, async () => undefined);

  context.tamper(sql);

  expect(await context.trail.verify()).toMatchObject({ brokenAtSeq, fault, problem, written: 6 });
});

test("the trail is filtered by whole names of users and subjects, and says which there are", async () => {
  await using context = await setup();
  const { trail } = context;
  for (const subject of ["shop", "shop-2", "shop"])
    await trail.around({ ...ACT, subject }, async () => undefined);

  const subjectsOf = (filter: object) =>
    trail.list({ limit: 10, ...filter }).entries.map((entry) => entry.subject);
  expect(trail.names()).toEqual({ users: ["ada"], subjects: ["shop", "shop-2"] });
  expect(subjectsOf({ subjects: ["shop-2"] })).toEqual(["shop-2", "shop-2"]);
  expect(subjectsOf({ subjects: ["shop"], users: ["ada"] })).toEqual(["shop", "shop", "shop", "shop"]);
  expect(subjectsOf({ users: ["ad"] })).toEqual([]);
  const exported = trail.export({ format: "jsonl", afterSeq: 0, subjects: ["shop-2"] });
  expect(exported.text.trimEnd().split("\n")).toHaveLength(2);
});

test("a spreadsheet takes no cell of an export for a formula", async () => {
  await using context = await setup();
  for (const subject of ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", '\t=1, "x"', "plain"]) {
    context.trail.begin({ ...ACT, subject });
  }

  const { nextAfterSeq, text } = context.trail.export({ format: "csv", afterSeq: 0 });

  expect(nextAfterSeq).toBeNull();
  const subjects = text
    .split("\r\n")
    .slice(1, -1)
    .map((row) => /credential\.set,(.*),begun/.exec(row)?.[1]);
  expect(subjects).toEqual(["'=cmd|' /C calc'!A0", "'+1", "'-1", "'@SUM(A1)", '"\'\t=1, ""x"""', "plain"]);
});

test("an export comes in pieces that hold every entry once", async () => {
  await using context = await setup();
  for (let count = 0; count < 1_203; count += 1) context.trail.begin(ACT);
  const seqs: number[] = [];

  for (let afterSeq: number | null = 0; afterSeq !== null; ) {
    const piece = context.trail.export({ format: "jsonl", afterSeq });
    seqs.push(
      ...piece.text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).seq),
    );
    afterSeq = piece.nextAfterSeq;
  }

  expect(seqs).toEqual(Array.from({ length: 1_203 }, (_, index) => index + 1));
  expect(context.trail.list({ limit: 10, search: "SHO", outcomes: ["begun"], doors: ["cli"] }).hasMore).toBe(
    true,
  );
  expect(context.trail.list({ limit: 10, search: "nothing" }).entries).toEqual([]);
});

function atOnce(_delayMs: number, action: () => void) {
  queueMicrotask(action);
  return { cancel: () => undefined };
}
