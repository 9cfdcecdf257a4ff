import { expect, test } from "vitest";
import { openForWriting } from "../database.ts";
import { firstTables } from "./0001-first-tables.ts";
import { logBlocks } from "./0002-log-blocks.ts";

const RUN = "0000000000000001";

function setup() {
  const db = openForWriting(":memory:");
  firstTables.up(db);
  db.exec(`
    INSERT INTO manifests VALUES ('h', '{}');
    INSERT INTO runs (id, agent, target, state, health, attempt, door, input_json, manifest_hash, created_at_ms, limits_json)
    VALUES ('${RUN}', 'a', 't', 'queued', 'none', 1, 'cli', '{}', 'h', 1, '[]')`);
  logBlocks.up(db);
  const block = (segment: number) =>
    db
      .prepare("INSERT INTO log_blocks VALUES (?, ?, 8, 1, 1, 0, 1, 0, 1, 0, 1.5, 2.5, 4, 9)")
      .run(RUN, segment);
  db.prepare("INSERT INTO log_segments VALUES (?, 0, 100, 0, 'c1')").run(RUN);
  return { db, block, [Symbol.dispose]: () => db.close() };
}

test("runs of an older version stay, and their logs have no index yet", () => {
  using context = setup();

  const counts = context.db.prepare(
    "SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM log_blocks) AS blocks",
  );

  expect(counts.get()).toEqual({ runs: 1, blocks: 0 });
});

test("blocks go with their segment and never stand without one", () => {
  using context = setup();
  context.block(0);
  expect(() => context.block(1)).toThrow("FOREIGN KEY");

  context.db.exec("DELETE FROM log_segments");

  expect(context.db.prepare("SELECT count(*) FROM log_blocks").pluck().get()).toBe(0);
});

test("every new table is strict", () => {
  using context = setup();

  const loose = context.db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .all();

  expect(loose).toEqual([]);
});
