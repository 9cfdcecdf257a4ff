import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { doorSchema, healthSchema, runReasonSchema, runStateSchema } from "#contract/run.ts";
import { openForWriting } from "#main/store/database.ts";
import { STORED_WORDS } from "#main/store/health.ts";
import { migrate } from "#main/store/migrate.ts";
import { MIGRATIONS } from "#main/store/migrations/index.ts";

const FOLDER = fileURLToPath(new URL("../../src-main/store/migrations/", import.meta.url));

/** SHA-256 of each step as it was released. A change here rewrites history in files that people already have. */
const SHIPPED: Readonly<Record<string, string>> = {
  "0001-first-tables.ts": "0d2872763d695f5f80a65c5f5fe74ef5c0ebfd972d1f16f10392f44eb1a7b598",
  "0002-log-blocks.ts": "790cab33abac551932b5602718a98b5ab61e8cd74ab3317b01b19a4671a9565c",
  "0003-secrets-and-audit.ts": "cb79c20bb5e0336d6a6faf8ba8b39e1fc7e8ce0e2ece38219b1cd31092e0b6d4",
  "0004-log-sinks.ts": "1d83a302948f7547425105cee2508b9388d8641684bd877b59dc3519e4125724",
};

test("the schema after all steps is the one on record", async () => {
  const db = openForWriting(":memory:");
  migrate(db, { file: ":memory:", migrations: MIGRATIONS, copyBefore: () => undefined });
  const rows = db
    .prepare<[], { sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name",
    )
    .all();
  db.close();

  await expect(`${rows.map(({ sql }) => `${sql};`).join("\n\n")}\n`).toMatchFileSnapshot(
    "./store-schema.sql",
  );
});

/** The words that files of the newest step may hold; `src-main/store/health.ts` says why they are on record. */
const WORDS_OF_NEWEST_STEP = {
  step: 4,
  hash: "c390acc96a38592a67421da63781886c2478287b7dc5f7c598b90ca909c5dd14",
};

test("a word that is added to what is stored comes with a step of its own", () => {
  const hash = createHash("sha256").update(JSON.stringify(STORED_WORDS)).digest("hex");

  expect({ step: MIGRATIONS.at(-1)?.id, hash }).toEqual(WORDS_OF_NEWEST_STEP);
  expect(STORED_WORDS).toMatchObject({
    healths: healthSchema.options,
    doors: doorSchema.options,
    states: runStateSchema.options,
    reasons: runReasonSchema.shape.code.options,
  });
});

test("steps are numbered without gaps, and each has a file of its number and name", async () => {
  const files = (await readdir(FOLDER)).filter((name) => /^\d{4}-[a-z-]+\.ts$/.test(name));

  expect(files.toSorted()).toEqual(
    MIGRATIONS.map(({ id, name }) => `${String(id).padStart(4, "0")}-${name}.ts`),
  );
  expect(MIGRATIONS.map(({ id }) => id)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

test("steps that were released are what they were", async () => {
  for (const [name, hash] of Object.entries(SHIPPED)) {
    const content = await readFile(path.join(FOLDER, name), "utf8");
    expect(createHash("sha256").update(content.replaceAll("\r\n", "\n")).digest("hex"), name).toBe(hash);
  }
  expect(Object.keys(SHIPPED)).toHaveLength(MIGRATIONS.length);
});

test("every step has a test", async () => {
  const files = await readdir(FOLDER);
  const untested = files.filter(
    (name) => /^\d{4}-[a-z-]+\.ts$/.test(name) && !files.includes(name.replace(/ts$/, "test.ts")),
  );

  expect(untested).toEqual([]);
});
