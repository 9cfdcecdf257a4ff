import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, addCounter } from "#tests/helpers/e2e-agents.ts";
import { AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

test("the keys of a log find, go forth and back, to both ends, and follow or stop", async ({ app }) => {
  const counter = await addCounter(app.program);
  await app.open("/agents/counter");
  await new AgentPage(app.page).start.click();
  const { log } = new RunPage(app.page);
  await log.reaches(120);
  await log.lines.focus();

  await log.lines.press("Space");
  await expect(log.toolbar).toContainText("Paused");
  await log.lines.press("Space");
  await expect(log.toolbar).toContainText("Live");
  await log.lines.press("g");
  await expect(log.toolbar).toContainText("Paused");
  await expect(log.lines).toContainText("tick 00001;");
  await log.lines.press("Shift+G");
  await expect(log.toolbar).toContainText("Live");
  await expect(log.lines).not.toContainText("tick 00001;");
  await counter.finish();
  await log.isComplete();
});

test("n and N go through hits and around the ends", async ({ app }) => {
  const script = `for (let n = 1; n <= 900; n += 1) console.log((n % 300 === 0 ? "needle " : "hay ") + n);`;
  await addAgent(app.program, { name: "stack", script });
  await app.open("/agents/stack");
  await new AgentPage(app.page).start.click();
  const { log } = new RunPage(app.page);
  await log.isComplete();
  await log.lines.focus();
  await log.lines.press("g");
  await log.lines.press("/");
  await expect(log.findField).toBeFocused();
  await log.findField.fill("needle");
  const status = log.toolbar.getByRole("status");
  await expect(status).toHaveText("1 of 3");

  await log.lines.focus();
  for (const [key, said, line] of [
    ["n", "2 of 3", "needle 600"],
    ["n", "3 of 3", "needle 900"],
    ["n", "1 of 3", "needle 300"],
    ["Shift+N", "3 of 3", "needle 900"],
    ["Shift+N", "2 of 3", "needle 600"],
  ] as const) {
    await log.lines.press(key);
    await expect(status).toHaveText(said);
    await expect(log.lines.locator("[data-hit]")).toContainText(line);
  }
  await log.lines.press("Escape");
  await expect(log.findField).toBeHidden();
});
