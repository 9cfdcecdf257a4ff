import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "#tests/helpers/e2e.ts";

test.describe("the audit trail", () => {
  test("shows what happens while it happens, and a filter stands in the address", async ({ app }) => {
    const { page } = app;
    await app.open("/audit");
    await expect(page.getByRole("heading", { name: "Nothing on record yet" })).toBeVisible();
    await app.program.json(["variable", "set", "REGION", "EU"]);
    await expect(page.getByRole("row", { name: /Command line Variable set REGION/ }).first()).toBeVisible();
    await app.program.json(["variable", "remove", "REGION"]);
    await expect(page.getByRole("row", { name: /Variable deleted REGION/ }).first()).toBeVisible();

    await app.open("/audit?action=variable.remove&door=cli");
    await expect(page.getByRole("row", { name: /Variable deleted/ }).first()).toBeVisible();
    await expect(page.getByRole("row", { name: /Variable set/ })).toHaveCount(0);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(page).toHaveURL(/\/audit$/);
    await expect(page.getByRole("row", { name: /Variable set/ }).first()).toBeVisible();
  });

  test("is narrowed to a user and to what was acted on, and what does not fit goes at once", async ({
    app,
  }) => {
    const { page } = app;
    await app.program.json(["variable", "set", "REGION", "EU"]);
    await app.program.json(["variable", "set", "RETRIES", "3"]);
    await app.open("/audit");
    await expect(page.getByRole("row", { name: /Variable set RETRIES/ }).first()).toBeVisible();
    const filters = page.getByRole("search", { name: "Filters" });

    await filters.getByLabel("On", { exact: true }).click();
    await page.getByRole("option", { name: "REGION" }).click();

    await expect(page).toHaveURL(/\?on=REGION$/);
    await expect(page.getByRole("row", { name: /Variable set RETRIES/ })).toHaveCount(0);
    await expect(page.getByRole("row", { name: /Variable set REGION/ })).toHaveCount(2);
    await app.open("/audit?user=nobody-of-that-name");
    await expect(page.getByRole("heading", { name: "No entry matches" })).toBeVisible();
  });

  test("is exported whole as lines of JSON", { tag: "@both" }, async ({ app }) => {
    const { page } = app;
    await app.program.json(["variable", "set", "REGION", "EU"]);
    await app.open("/audit");
    await page.getByRole("button", { name: "Export" }).click();
    app.expectProblem(/^download: pilothouse-audit/);
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: /JSON lines/ }).click();
    const file = await (await download).path();
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as { seq: number; subject: string });

    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.at(-1)?.subject).toBe("REGION");
  });

  test("says where its chain is broken, and leads there", async ({ app }) => {
    await app.program.json(["variable", "set", "REGION", "EU"]);
    await app.program.json(["variable", "set", "RETRIES", "3"]);
    await app.close();
    breakChain(join(app.program.data, "pilothouse.db"));
    await app.reopen();
    await app.open("/audit");

    const alarm = app.page.getByRole("alert");
    await expect(alarm).toContainText("The chain is broken at entry 2");
    await alarm.getByRole("button", { name: "Show the entry" }).click();
    await expect(app.page.getByRole("complementary", { name: "Entry 2" })).toContainText(
      "The chain is broken here",
    );
  });
});

/** Changes one entry behind the back of the program, as an intruder with the file would. */
function breakChain(file: string): void {
  const database = new Database(file);
  const triggers = database
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'",
    )
    .all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec("UPDATE audit SET who = 'somebody else' WHERE seq = 2");
  database.close();
}
