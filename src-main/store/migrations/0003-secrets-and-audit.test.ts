import { expect, test } from "vitest";
import { openForWriting } from "../database.ts";
import { firstTables } from "./0001-first-tables.ts";
import { secretsAndAudit } from "./0003-secrets-and-audit.ts";

function setup() {
  const db = openForWriting(":memory:");
  firstTables.up(db);
  db.exec("INSERT INTO settings VALUES ('language', '\"ru\"')");
  secretsAndAudit.up(db);
  return { db, [Symbol.dispose]: () => db.close() };
}

test("what was stored before stays, and every new table is strict", () => {
  using context = setup();

  const loose = context.db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .all();

  expect(loose).toEqual([]);
  expect(context.db.prepare("SELECT value_json FROM settings").pluck().get()).toBe('"ru"');
});

test("the database itself refuses to change or shorten the audit trail", () => {
  using context = setup();
  const hash = "0".repeat(64);
  context.db.exec(
    `INSERT INTO audit VALUES (1, 1, 'ada', 'cli', 'credential.set', 'shop', 'begun', NULL, '{}', '${hash}')`,
  );

  expect(() => context.db.exec("UPDATE audit SET who = 'eve'")).toThrow("never changed");
  expect(() => context.db.exec("DELETE FROM audit")).toThrow("never removed");
  expect(() => context.db.exec("INSERT OR REPLACE INTO audit SELECT * FROM audit")).toThrow();
  expect(context.db.prepare("SELECT who FROM audit").pluck().get()).toBe("ada");
});

test("a forgotten credential takes its fields, permissions and uses along", () => {
  using context = setup();
  context.db.exec(`
    INSERT INTO credentials VALUES ('shop', 'token', '', 'keychain', NULL, 1, 1);
    INSERT INTO credential_fields VALUES ('shop', 'token', 'i', 1, 1, 1);
    INSERT INTO credential_agents VALUES ('shop', 'worker');
    INSERT INTO credential_uses VALUES ('shop', 'worker', 'this-computer', 'r', 1);
    DELETE FROM credentials;`);

  const left = context.db.prepare(`
    SELECT (SELECT count(*) FROM credential_fields) + (SELECT count(*) FROM credential_agents)
      + (SELECT count(*) FROM credential_uses)`);

  expect(left.pluck().get()).toBe(0);
});
