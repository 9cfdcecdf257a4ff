import { expect, test } from "#tests/helpers/e2e.ts";
import { AddDialog, AgentPage, StartDialog } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { Shell } from "#tests/helpers/pages/shell.ts";

test("the keyboard alone adds a sample, starts it and stops it", async ({ app }) => {
  const { page } = app;
  const { keyboard } = page;
  const shell = new Shell(page);
  await app.open("/bridge");

  await keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await shell.tabTo(shell.rail.getByRole("link", { name: "Agents" }));
  await keyboard.press("Enter");
  await shell.tabTo(page.getByRole("button", { name: "Try a sample" }));
  await keyboard.press("Enter");
  const add = new AddDialog(page);
  await shell.tabTo(add.dialog.getByRole("button", { name: "Add word-count" }));
  await keyboard.press("Enter");

  const agent = new AgentPage(page);
  await agent.isOf("word-count");
  await shell.tabTo(agent.start);
  await keyboard.press("Enter");
  const start = new StartDialog(page, "word-count");
  await shell.tabTo(start.field("Pages"));
  await keyboard.press("Control+a");
  await keyboard.type("900");
  await shell.tabTo(start.field("Pace"));
  await keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "calm" }).waitFor();
  await keyboard.press("End");
  await keyboard.press("Enter");
  await shell.tabTo(start.submit);
  await keyboard.press("Enter");

  const run = new RunPage(page);
  await run.is("Running");
  await shell.tabTo(run.button("Stop"));
  await keyboard.press("Enter");
  await run.is("Stopped");
});
