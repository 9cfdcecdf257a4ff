import { expect, test } from "#tests/helpers/e2e.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

test.describe("the first start", () => {
  test("leads in three steps to a sample that runs, and does not come back", async ({ app }) => {
    const { page } = app;
    const steps = page.getByRole("region", { name: "First steps" });
    await expect(steps.getByRole("list", { name: "Step 1 of 3" })).toBeVisible();
    await steps.getByRole("button", { name: "Next" }).click();
    await expect(steps.getByRole("list", { name: "Step 2 of 3" })).toBeVisible();
    await expect(steps).toContainText(/Ready|warning/);
    const facts = steps.getByRole("definition");
    await expect(steps.getByRole("term").filter({ hasText: "Memory" })).toHaveCount(1);
    await expect(facts.filter({ hasText: /^[\d.]+\s[GM]iB$/ })).toHaveCount(1);
    await steps.getByRole("button", { name: "Next" }).click();
    await steps.getByRole("button", { name: "Add and start word-count" }).click();

    const run = new RunPage(page);
    await run.isOf("word-count");
    await expect(run.log.lines).toContainText("Counting begins");
    await run.is("Succeeded");

    await app.open("/");
    await expect(page.getByRole("heading", { level: 1, name: "Bridge" })).toBeVisible();
  });

  test("can be skipped at once and is not shown again, not even by another start", { tag: "@both" }, async ({
    app,
  }) => {
    await app.page.getByRole("button", { name: "Skip" }).click();
    await expect(app.page.getByRole("heading", { name: "Nothing on the bridge yet" })).toBeVisible();
    await app.close();
    await app.reopen();
    await expect(app.page.getByRole("heading", { name: "Nothing on the bridge yet" })).toBeVisible();
  });

  test("goes back a step, and on to an agent of one's own", async ({ app }) => {
    const steps = app.page.getByRole("region", { name: "First steps" });
    await steps.getByRole("button", { name: "Next" }).click();
    await steps.getByRole("button", { name: "Back" }).click();
    await expect(steps.getByRole("radiogroup", { name: "Theme" })).toBeVisible();
    await steps.getByRole("button", { name: "Next" }).click();
    await steps.getByRole("button", { name: "Next" }).click();
    await steps.getByRole("button", { name: "I have an agent of my own" }).click();
    await expect(app.page.getByRole("dialog", { name: "Add an agent" })).toBeVisible();
  });
});
