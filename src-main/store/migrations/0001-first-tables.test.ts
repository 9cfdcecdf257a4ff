import { expect, test } from "vitest";
import { openForWriting } from "../database.ts";
import { firstTables } from "./0001-first-tables.ts";

function setup() {
  const db = openForWriting(":memory:");
  firstTables.up(db);
  const run = (changes: object = {}) =>
    db
      .prepare(
        `INSERT INTO runs (id, agent, target, state, health, attempt, door, input_json, manifest_hash, created_at_ms, limits_json)
         VALUES (:id, 'a', 't', 'queued', 'none', 1, 'cli', :input, 'h', 1, '[]')`,
      )
      .run({ id: "0000000000000001", input: "{}", ...changes });
  db.prepare("INSERT INTO manifests VALUES ('h', '{}')").run();
  return { db, run, [Symbol.dispose]: () => db.close() };
}

test("every table is strict", () => {
  using context = setup();

  const loose = context.db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .all();

  expect(loose).toEqual([]);
});

test("a forgotten run takes its history and screenshots along", () => {
  using context = setup();
  context.run();
  context.db.exec(`
    INSERT INTO run_timeline (run_id, at_ms, kind) VALUES ('0000000000000001', 1, 'state');
    INSERT INTO screenshots VALUES ('0000000000000001', 'a.png', 1, 1, 'image/png', 1, 1, '/f');
    DELETE FROM runs;`);

  const left = context.db.prepare(
    "SELECT (SELECT count(*) FROM run_timeline) + (SELECT count(*) FROM screenshots)",
  );

  expect(left.pluck().get()).toBe(0);
});

test("text that is no JSON, an id of another length and a missing manifest are refused", () => {
  using context = setup();

  expect(() => context.run({ input: "{" })).toThrow("CHECK");
  expect(() => context.run({ id: "1" })).toThrow("CHECK");
  expect(() => context.db.exec("DELETE FROM manifests") && context.run()).toThrow("FOREIGN KEY");
});
