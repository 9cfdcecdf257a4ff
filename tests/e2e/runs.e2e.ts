import { expect, test } from "#tests/helpers/e2e.ts";
import {
  addAgent,
  addCounter,
  DEAF_SCRIPT,
  FAILING_SCRIPT,
  ticksIn,
  upTo,
  WAITING_SCRIPT,
} from "#tests/helpers/e2e-agents.ts";
import { AddDialog, AgentPage, StartDialog } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

test.describe("a run", () => {
  test("of a sample is added, started, watched live, and is in the history for ever after", {
    tag: "@both",
  }, async ({ app }) => {
    await app.open("/agents");
    await app.page.getByRole("button", { name: "Try a sample" }).click();
    await new AddDialog(app.page).addSample("word-count");
    const agent = new AgentPage(app.page);
    await agent.isOf("word-count");

    await agent.start.click();
    const dialog = new StartDialog(app.page, "word-count");
    // A tenth of a second each: enough for the page to show it running, also where others want the processor.
    await dialog.field("Pages").fill("80");
    await dialog.submit.click();
    const run = new RunPage(app.page);
    await run.is("Running");
    await expect(run.log.lines).toContainText(/Page \d+ of 80/);
    await run.is("Succeeded");
    await run.log.isComplete();
    await expect(run.log.lines).toContainText("Counting is done");
    const address = `/runs/${run.id}`;

    await app.close();
    await app.reopen();
    await app.open("/runs");
    await app.page
      .getByRole("grid", { name: "Runs" })
      .getByRole("row", { name: /word-count/ })
      .click();
    await expect(app.page).toHaveURL(new RegExp(`${address}$`));
    await new RunPage(app.page).is("Succeeded");
    await expect(new RunPage(app.page).log.lines).toContainText("Counting is done");
  });

  test("is stopped softly, and ends as stopped by a person", async ({ app }) => {
    await addAgent(app.program, { name: "patient", script: WAITING_SCRIPT });
    await app.open("/agents/patient");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await expect(run.log.lines).toContainText("ready and waiting");

    await run.button("Stop").click();

    await run.is("Stopped");
    await expect(run.main).toContainText("Stopped by a person.");
    await expect(run.button("Stop")).toBeHidden();
  });

  test("that does not listen is stopped by force, after one question", async ({ app }) => {
    await addAgent(app.program, { name: "deaf", script: DEAF_SCRIPT, more: "stop: { grace: 10m }" });
    await app.open("/agents/deaf");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await expect(run.log.lines).toContainText("ready and waiting");
    await run.button("Stop").click();
    await expect(run.log.lines).toContainText("heard, not doing it");
    await run.is("Stopping");

    await run.forceStop();

    await run.is("Killed");
    await expect(run.main).toContainText("Force stopped by a person.");
  });

  test("that takes longer than its manifest allows is stopped, and says why", async ({ app }) => {
    await addAgent(app.program, { name: "slow", script: WAITING_SCRIPT, more: "limits: { timeout: 1s }" });
    await app.open("/agents/slow");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);

    await expect(run.main).toContainText("Stopped at its time limit of 1 s.");
    const details = await run.openTab("Details");
    await expect(details).toContainText(/Time: 1\s?s/);
    await expect(details).toContainText("In force");
  });

  test("that fails is tried again as its restart policy says, each attempt a run of its own", async ({
    app,
  }) => {
    const more = "restart: { when: on-failure, max: 1, backoff: 100ms..200ms }";
    await addAgent(app.program, { name: "stubborn", script: FAILING_SCRIPT, more });
    await app.open("/agents/stubborn");
    await new AgentPage(app.page).start.click();
    const first = new RunPage(app.page);
    await first.is("Failed");
    await expect(first.main).toContainText("Ended by itself with exit code 3.");
    const firstId = first.id;

    await first.main.getByRole("link", { name: "Next run" }).click();

    await expect(app.page).not.toHaveURL(new RegExp(firstId));
    const second = new RunPage(app.page);
    await second.is("Failed");
    await expect(second.main).toContainText("Attempt2");
    await expect(await second.openTab("Details")).toContainText("the restart policy");
    await second.main.getByRole("link", { name: "Previous run" }).first().click();
    await expect(app.page).toHaveURL(new RegExp(firstId));
  });

  test("of a service becomes healthy, says its port, and stops when asked", async ({ app }) => {
    await app.open("/agents?add=samples");
    await new AddDialog(app.page).addSample("clock-service");
    await new AgentPage(app.page).start.click();
    await new StartDialog(app.page, "clock-service").submit.click();
    const run = new RunPage(app.page);
    await run.is("Running");

    await expect(run.main).toContainText("Healthhealthy");
    await expect(run.main.getByRole("listitem").filter({ hasText: "Health: healthy" })).toBeVisible();
    await expect(await run.openTab("Details")).toContainText(/Port\d+/);
    await run.button("Stop").click();
    await run.is("Stopped");
    await expect(run.log.lines).toContainText("The clock has stopped");
  });

  test("of a browser agent shows its screenshots while it works, and large in the viewer", {
    tag: "@both",
  }, async ({ app }) => {
    await app.open("/agents?add=samples");
    await new AddDialog(app.page).addSample("page-watcher");
    await new AgentPage(app.page).start.click();
    const start = new StartDialog(app.page, "page-watcher");
    // Enough for the page to show it running, also where others want the processor.
    await start.field("Pause between steps").fill("1000");
    await start.submit.click();
    const run = new RunPage(app.page);
    const screens = await run.openTab("Screens");

    await expect(screens.getByRole("button", { name: /900 × 600/ }).first()).toBeVisible();
    await expect(screens.getByRole("img", { name: /Screenshot of/ }).first()).toHaveJSProperty(
      "complete",
      true,
    );
    await run.is("Running");
    // As long as the agent gives its browser, which may have to be started anew.
    await app.program.run(["logs", run.id, "--follow"]);
    await run.is("Succeeded");
    await expect(run.log.lines).toContainText("The best offer is");

    await screens
      .getByRole("button", { name: /900 × 600/ })
      .first()
      .click();
    const viewer = app.page.getByRole("dialog");
    const picture = viewer.getByRole("img", { name: /Screenshot of/ });
    await expect(picture).toHaveJSProperty("naturalWidth", 900);
    const total = /of (\d+)/.exec((await viewer.textContent()) ?? "")?.[1];
    await expect(viewer).toContainText(`${total} of ${total}`);
    await app.page.keyboard.press("ArrowLeft");
    await expect(viewer).toContainText(`${Number(total) - 1} of ${total}`);
    await app.page.keyboard.press("Escape");
    await expect(viewer).toBeHidden();
  });

  test("goes on while Pilothouse is closed, and nothing of its output is missing", { tag: "@both" }, async ({
    app,
  }) => {
    const counter = await addCounter(app.program);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    const before = new RunPage(app.page);
    await before.log.reaches(10);
    const address = `/runs/${before.id}`;

    await app.close();
    await app.reopen();
    await app.open(address);
    const run = new RunPage(app.page);
    await run.is("Running");
    await expect(run.main.getByText("Found again after a restart of Pilothouse")).toBeVisible();
    await counter.finish();
    await run.is("Succeeded");
    await run.log.isComplete();

    const written = await counter.written();
    expect([...(await run.log.walk(written))]).toEqual(upTo(written).map((number) => [number, number]));
    const { stdout } = await app.program.run(["logs", run.id, "--raw"]);
    expect(ticksIn(stdout)).toEqual(upTo(written));
  });
});
