import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, FAILING_SCRIPT, runToEnd, WAITING_SCRIPT } from "#tests/helpers/e2e-agents.ts";
import { AddDialog, AgentPage, StartDialog } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { Shell } from "#tests/helpers/pages/shell.ts";

test.describe("the bridge", () => {
  test("starts its sample with one click while there is nothing else", { tag: "@both" }, async ({ app }) => {
    await app.open("/bridge");
    await app.page
      .getByRole("main")
      .getByRole("button", { name: /^Add and start/ })
      .click();
    await expect(new RunPage(app.page).log.lines).toContainText("Counting begins");
    await app.page.goBack();
    const main = app.page.getByRole("main");
    await expect(main.getByRole("listitem").filter({ hasText: "word-count" }).first()).toBeVisible();
    await expect(main.getByRole("button", { name: /^Add and start/ })).toHaveCount(0);
  });

  test("shows what runs, and stops it", async ({ app }) => {
    await addAgent(app.program, { name: "patient", script: WAITING_SCRIPT });
    await app.open("/agents/patient");
    await new AgentPage(app.page).start.click();
    await new RunPage(app.page).is("Running");
    await new Shell(app.page).rail.getByRole("link", { name: "Bridge" }).click();
    const main = app.page.getByRole("main");
    const live = main.getByRole("listitem").filter({ hasText: "patient" });
    await expect(live).toContainText("Running");
    await expect(live).toContainText("ready and waiting");
    await expect(main).toContainText("No run has ended yet.");
    await expect(new Shell(app.page).status).toContainText("1 live run");
    await expect(main.getByRole("link", { name: /1\s*Live runs/ })).toBeVisible();

    await live.getByRole("button", { name: "Stop patient" }).click();
    await expect(main).toContainText("Nothing is running.");
    await expect(main.getByRole("listitem").filter({ hasText: "patient" })).toContainText("Stopped");
    await expect(new Shell(app.page).status).toContainText("No live runs");
  });

  test("says which run needs a person and starts it again with one click; the bell says the same", async ({
    app,
  }) => {
    const { page } = app;
    await addAgent(app.program, { name: "bad", script: FAILING_SCRIPT });
    await runToEnd(app.program, "bad");
    await app.open("/bridge");
    const item = page.getByRole("main").getByRole("listitem").filter({ hasText: "Look at its log" });
    await expect(item).toContainText("Ended by itself with exit code 3.");
    await page.getByRole("button", { name: "1 thing needs a person" }).click();
    await expect(page.getByRole("link", { name: /bad failed/ })).toBeVisible();
    await page.keyboard.press("Escape");

    await item.getByRole("button", { name: "Start again" }).click();

    await expect.poll(async () => ((await app.program.json(["runs"])) as readonly unknown[]).length).toBe(2);
    await item.getByRole("button", { name: "Open" }).click();
    await new RunPage(page).is("Failed");
    await expect(new RunPage(page).log.lines).toContainText("the tide table is missing");
  });
});

test.describe("the palette", () => {
  test("reaches every action: add, start, open, stop, go, look", async ({ app }) => {
    const { page } = app;
    const shell = new Shell(page);
    await app.open("/bridge");
    await shell.command("sample", "Add a sample agent");
    await new AddDialog(page).addSample("word-count");
    await new AgentPage(page).isOf("word-count");

    await shell.command("start word", "Start word-count");
    const start = new StartDialog(page, "word-count");
    await start.field("Pages").fill("1000");
    await start.choose("Pace", "calm");
    await start.submit.click();
    const run = new RunPage(page);
    await run.is("Running");
    await shell.command("settings", "Go to Settings");
    await expect(page).toHaveURL(/\/settings$/);
    await shell.command("stop word", "Stop word-count");
    await shell.command("latest word", "Open the latest run of word-count");
    await run.is("Stopped");
    await shell.command("dark", "Use the dark theme");
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");

    await page.keyboard.press("Control+k");
    await shell.palette.getByRole("textbox").or(shell.palette.getByRole("combobox")).first().fill("zzzz");
    await expect(shell.palette).toContainText("Nothing matches");
    await page.keyboard.press("Escape");
    await expect(shell.palette).toBeHidden();
  });

  test("is not the only way: keys go to places and tell about themselves", { tag: "@both" }, async ({
    app,
  }) => {
    await app.open("/bridge");
    // Together, because a page that is still being loaded takes its time over each, and the pair has to come quickly.
    await Promise.all([app.page.keyboard.press("g"), app.page.keyboard.press("t")]);
    await expect(app.page).toHaveURL(/\/targets$/);
    await app.page.keyboard.press("Shift+?");
    const overlay = app.page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(overlay).toContainText("Search or run a command");
    await app.page.keyboard.press("Escape");
    await expect(overlay).toBeHidden();
  });
});
