import { demoImage } from "#tests/helpers/demo-image.ts";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, addCounter, runToEnd, SUCCEEDING_SCRIPT } from "#tests/helpers/e2e-agents.ts";
import { AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { RunsPage } from "#tests/helpers/pages/runs-page.ts";

/** Takes a picture between two lines. */
const PICTURE = `
import { writeFileSync } from "node:fs";
import { join } from "node:path";
const picture = Buffer.from("${Buffer.from(demoImage(1).bytes).toString("base64")}", "base64");
console.log("before the picture");
setTimeout(() => writeFileSync(join(process.env.PILOTHOUSE_SCREENSHOTS, "one.png"), picture), 400);
setTimeout(() => console.log("after the picture"), 2_500);
`;

test("a screenshot stands at its place in the log, and opens", async ({ app }) => {
  await addAgent(app.program, { name: "painter", script: PICTURE });
  await app.open("/agents/painter");
  await new AgentPage(app.page).start.click();
  const { log } = new RunPage(app.page);
  await log.isComplete();

  const picture = log.lines.getByRole("button", { name: /Screenshot of/ });
  await expect(picture).toBeVisible();
  const row = log.lines
    .locator("[data-stream]")
    .filter({ has: app.page.getByRole("button", { name: /Screenshot of/ }) });
  await expect(row).toContainText("before the picture");
  await picture.click();
  await expect(app.page.getByRole("dialog").getByRole("img", { name: /Screenshot of/ })).toBeVisible();
});

test("a moment in a chart is the same moment in the log", async ({ app }) => {
  const counter = await addCounter(app.program, 20);
  await app.open("/agents/counter");
  await new AgentPage(app.page).start.click();
  const run = new RunPage(app.page);
  const charts = await run.openTab("Load");
  const plot = charts.getByRole("figure").first().locator(".u-over");
  await expect(plot).toBeVisible();
  await run.log.reaches(300);
  const toolbar = run.log.toolbar;

  await plot.click({ position: { x: 120, y: 40 } });
  await expect(toolbar).toContainText("Paused");

  // While the chart grows, a place in it is another moment each second.
  await counter.finish();
  await run.log.isComplete();
  await plot.click({ position: { x: 160, y: 40 } });
  // The view has gone there under a pointer that rests.
  await expect(run.log.lines.locator("[data-pointed]")).toHaveCount(1);

  await run.log.lines.hover({ position: { x: 200, y: 100 } });
  await run.log.lines.hover({ position: { x: 200, y: 160 } });
  await expect(run.log.lines.locator("[data-pointed]")).toHaveCount(0);
  await expect(charts.locator(".u-cursor-x").first()).toBeVisible();
});

test("a person says how long logs are kept, of all agents and of one", async ({ app }) => {
  await addAgent(app.program, { name: "quick", script: SUCCEEDING_SCRIPT });
  await runToEnd(app.program, "quick");
  const { page } = app;
  await app.open("/settings");
  const days = page.getByRole("textbox", { name: "Days a log is kept" });
  await expect(days).toHaveValue("30 days");
  await days.fill("7");
  await days.press("Enter");
  await expect(page.getByText("Now: the log of 1 run")).toBeVisible();
  await page.getByRole("button", { name: "Tidy up now" }).click();
  await expect(page.getByText("0 logs removed")).toBeVisible();

  await app.open("/agents/quick?tab=settings");
  const size = page.getByRole("textbox", { name: "Size of its logs" });
  await expect(page.getByPlaceholder("as for all: 7")).toBeVisible();
  await size.fill("2.5");
  await size.press("Enter");
  await expect
    .poll(() => app.program.json(["logs", "limits"]))
    .toMatchObject({ maxAgeDays: 7, byAgent: { quick: { maxBytes: 2.5 * 1024 ** 3 } } });
  await page.reload();
  await expect(size).toHaveValue("2.5 GiB");
  await size.fill("");
  await size.press("Enter");
  await expect.poll(() => app.program.json(["logs", "limits"])).toMatchObject({ byAgent: {} });
});

test("the page of a run says how long its log is kept, changes it, and lists show which logs are", async ({
  app,
}) => {
  await addAgent(app.program, { name: "quick", script: SUCCEEDING_SCRIPT });
  await runToEnd(app.program, "quick");
  await runToEnd(app.program, "quick");
  const { page } = app;
  await app.open("/runs");
  const runs = new RunsPage(page);
  await runs.has(2);
  await runs.rows("quick").first().click();
  const run = new RunPage(page);
  const details = await run.openTab("Details");
  await expect(details).toContainText("or until all logs together take more than 10 GiB");
  const size = details.getByRole("textbox", { name: "Size of its logs" });
  await size.fill("1");
  await size.press("Enter");
  await expect(details).toContainText("or until the logs of quick take more than 1 GiB");
  await details.getByRole("switch", { name: /Keep this log/ }).click();
  await expect(details).toContainText("Kept until you say otherwise.");
  const kept = run.id;

  await app.open("/runs");
  await expect(page.getByRole("img", { name: "The log of this run is kept" })).toHaveCount(1);
  await page.getByRole("checkbox", { name: "Log kept" }).check();
  await runs.has(1);
  await expect(page).toHaveURL(/pinned=yes/);
  expect(await app.program.json(["runs", "--kept"])).toMatchObject([{ id: kept }]);
  await app.open("/agents/quick");
  const mark = page.getByRole("img", { name: "The log of this run is kept" });
  await expect(mark).toHaveCount(1);

  // What somebody decides elsewhere is told by an event; the page asks for it at no other time.
  await app.program.json(["logs", "unpin", kept]);
  await expect(mark).toHaveCount(0);
  await app.program.json(["logs", "pin", kept]);
  await expect(mark).toHaveCount(1);
});
