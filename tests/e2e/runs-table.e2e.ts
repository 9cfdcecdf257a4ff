import { type App, expect, test } from "#tests/helpers/e2e.ts";
import {
  addAgent,
  FAILING_SCRIPT,
  runToEnd,
  SUCCEEDING_SCRIPT,
  WAITING_SCRIPT,
} from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { RunsPage } from "#tests/helpers/pages/runs-page.ts";
import { VaultDialog } from "#tests/helpers/pages/vault-dialog.ts";

/** Two runs of `good`, one of `bad`. */
async function someRuns({ program }: App): Promise<void> {
  await addAgent(program, { name: "good", script: SUCCEEDING_SCRIPT });
  await addAgent(program, { name: "bad", script: FAILING_SCRIPT });
  await Promise.all([runToEnd(program, "good"), runToEnd(program, "bad")]);
  await runToEnd(program, "good");
}

test.describe("the table of runs", () => {
  test("is filtered by state, agent and text; the address keeps it, and Back leads out of a run to it", {
    tag: "@both",
  }, async ({ app }) => {
    await someRuns(app);
    await app.open("/runs");
    const runs = new RunsPage(app.page);
    await runs.has(3);

    await runs.filter("State", "Failed");
    await runs.has(1);
    await expect(app.page).toHaveURL(/state=failed/);
    await app.page.reload();
    await runs.has(1);
    await app.page.keyboard.press("Escape");
    await runs.rows("bad").click();
    await new RunPage(app.page).isOf("bad");
    await app.page.goBack();
    await expect(app.page).toHaveURL(/\/runs\?state=failed/);
    await runs.has(1);

    await app.page.getByRole("button", { name: "Clear filters" }).click();
    await runs.has(3);
    await expect(app.page).toHaveURL(/\/runs$/);
    await runs.filter("Agent", "good");
    await runs.has(2);
    await runs.search.fill("nothing like it");
    await expect(app.page.getByRole("heading", { name: "No run matches" })).toBeVisible();
    await expect(app.page).toHaveURL(/agent=good/);
  });

  test("is walked through with the keyboard alone", async ({ app }) => {
    await someRuns(app);
    await app.open("/runs");
    const runs = new RunsPage(app.page);
    await runs.has(3);
    await runs.rows().first().focus();
    await app.page.keyboard.press("End");
    await expect(runs.rows().last()).toBeFocused();
    await app.page.keyboard.press("ArrowUp");
    await expect(runs.rows().nth(1)).toBeFocused();
    await app.page.keyboard.press("Home");
    await expect(runs.rows().first()).toBeFocused();
    await app.page.keyboard.press("Space");
    await expect(runs.rows().first()).toHaveAttribute("aria-selected", "true");
    await expect(runs.selection).toContainText("1 selected");
    await app.page.keyboard.press("ArrowDown");
    await app.page.keyboard.press("Enter");
    await expect(app.page).toHaveURL(/\/runs\/[0-9a-z]+$/);
    await app.page.goBack();
    await runs.has(3);
  });

  test("acts on many at once: stop, start again, delete after a question", async ({ app }) => {
    await addAgent(app.program, { name: "patient", script: WAITING_SCRIPT });
    for (let started = 0; started < 3; started += 1) await app.program.json(["run", "patient"]);
    await app.open("/runs");
    const runs = new RunsPage(app.page);
    await expect(runs.rows("Running")).toHaveCount(3);

    await app.page.getByRole("checkbox", { name: "Select all" }).check();
    await expect(runs.selection).toContainText("3 selected");
    await runs.selection.getByRole("button", { name: "Stop" }).click();
    await expect(app.page.getByText("3 runs are being stopped")).toBeVisible();
    await expect(runs.rows("Stopped")).toHaveCount(3);

    await runs.selection.getByRole("button", { name: "Delete finished…" }).click();
    const question = app.page.getByRole("dialog", { name: "Delete 3 runs?" });
    // A key pressed once too often answers no.
    await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
    await app.page.keyboard.press("Enter");
    await expect(question).toBeHidden();
    await runs.has(3);
    await runs.selection.getByRole("button", { name: "Start again" }).click();
    await expect(runs.rows("Running")).toHaveCount(3);
    await runs.selection.getByRole("button", { name: "Delete finished…" }).click();
    await question.getByRole("button", { name: "Delete", exact: true }).click();
    await runs.has(3);
    await expect(runs.rows("Running")).toHaveCount(3);
    expect(((await app.program.json(["runs"])) as readonly unknown[]).length).toBe(3);
  });

  test("asks before an agent that may not use its credential yet is started again, also among many", async ({
    app,
  }) => {
    const { page, program } = app;
    const more = "credentials: [{ name: shop, env: { token: SHOP_TOKEN } }]";
    await addAgent(program, { name: "good", script: SUCCEEDING_SCRIPT });
    await addAgent(program, { name: "ferry", script: SUCCEEDING_SCRIPT, more });
    await app.open("/runs");
    await new VaultDialog(page).create("seven boats at the quay");
    await runToEnd(program, "good");
    await runToEnd(program, "ferry");
    await runToEnd(program, "ferry");
    await program.run(["credential", "set", "shop", "--kind", "token"], { input: "tok-4f1c99ab77d2" });
    const runs = new RunsPage(page);
    await runs.has(3);
    await page.getByRole("checkbox", { name: "Select all" }).check();
    const question = page.getByRole("dialog", { name: "Let ferry use this?" });

    await runs.selection.getByRole("button", { name: "Start again" }).click();
    await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
    await page.keyboard.press("Enter");
    await runs.has(4);
    await expect(page.getByText("start.credential_not_allowed")).toBeVisible();
    await runs.selection.getByRole("button", { name: "Start again" }).click();
    await question.getByRole("button", { name: "Allow and start" }).click();

    await runs.has(7);
    await expect(runs.rows(/Succeeded.*ferry/)).toHaveCount(2);
  });

  test("shows a run that somebody else starts, by itself", { tag: "@both" }, async ({ app }) => {
    await addAgent(app.program, { name: "good", script: SUCCEEDING_SCRIPT });
    await app.open("/runs");
    await expect(app.page.getByRole("heading", { name: "Nothing has run yet" })).toBeVisible();
    await runToEnd(app.program, "good");
    await expect(new RunsPage(app.page).rows(/Succeeded.*good/)).toHaveCount(1);
  });
});
