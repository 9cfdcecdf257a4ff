import { expect, test } from "vitest";
import { openForWriting } from "../database.ts";
import { firstTables } from "./0001-first-tables.ts";
import { logBlocks } from "./0002-log-blocks.ts";
import { logSinks } from "./0004-log-sinks.ts";

const RUN = "0000000000000001";

function setup() {
  const db = openForWriting(":memory:");
  firstTables.up(db);
  logBlocks.up(db);
  db.exec(`
    INSERT INTO manifests VALUES ('h', '{}');
    INSERT INTO runs (id, agent, target, state, health, attempt, door, input_json, manifest_hash, created_at_ms, limits_json)
    VALUES ('${RUN}', 'a', 't', 'queued', 'none', 1, 'cli', '{}', 'h', 1, '[]')`);
  logSinks.up(db);
  db.exec(`
    INSERT INTO log_sinks (name, settings_json, since_ms) VALUES ('s', '{}', 5);
    INSERT INTO log_sink_places VALUES ('s', '${RUN}', 3, 30, 0)`);
  const places = () => db.prepare("SELECT count(*) FROM log_sink_places").pluck().get();
  return { db, places, [Symbol.dispose]: () => db.close() };
}

test("runs of an older version stay, and a new sink has sent nothing", () => {
  using context = setup();

  expect(context.db.prepare("SELECT count(*) FROM runs").pluck().get()).toBe(1);
  expect(context.db.prepare("SELECT sent_lines, refused_lines, missed_logs FROM log_sinks").get()).toEqual({
    sent_lines: 0,
    refused_lines: 0,
    missed_logs: 0,
  });
});

test.each(["DELETE FROM runs", "DELETE FROM log_sinks"])("%s takes the places along", (statement) => {
  using context = setup();
  expect(context.places()).toBe(1);

  context.db.exec(statement);

  expect(context.places()).toBe(0);
});
