import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, addCounter, GATED_STOP_SCRIPT, ticksIn, upTo } from "#tests/helpers/e2e-agents.ts";
import { LOST_CONNECTION } from "#tests/helpers/e2e-watch.ts";
import { AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

test.describe("a core that is gone", { tag: "@web" }, () => {
  test("by kill -9 leaves the run alone, and the next core has all of its output", async ({
    webApp: app,
  }) => {
    app.expectProblem(LOST_CONNECTION);
    const counter = await addCounter(app.program);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await run.log.reaches(20);
    const seenBefore = Math.max(...ticksIn((await run.log.lines.textContent()) ?? ""));

    await app.killCore();
    await expect(app.page.getByText("The Pilothouse core is not answering.")).toBeVisible();
    await expect(app.page.getByRole("contentinfo", { name: "Status" })).toContainText("Core: Not connected");
    await app.restartCore();

    await run.is("Running");
    await expect(app.page.getByText("The Pilothouse core is not answering.")).toBeHidden();
    await run.log.reaches(seenBefore + 1);
    await expect(run.main.getByText("Found again after a restart of Pilothouse")).toBeVisible();
    await counter.finish();
    await run.is("Succeeded");
    await run.log.isComplete();

    const written = await counter.written();
    expect([...(await run.log.walk(written))]).toEqual(upTo(written).map((number) => [number, number]));
    const { stdout } = await app.program.run(["logs", run.id, "--raw"]);
    expect(ticksIn(stdout)).toEqual(upTo(written));
  });

  test("only for a while is a banner for that long, and the page goes on by itself", async ({
    webApp: app,
  }) => {
    app.expectProblem(LOST_CONNECTION);
    const counter = await addCounter(app.program);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await run.log.reaches(20);

    app.freezeCore();
    await expect(app.page.getByText("The Pilothouse core is not answering.")).toBeVisible();
    app.thawCore();

    await expect(app.page.getByText("The Pilothouse core is not answering.")).toBeHidden();
    await counter.finish();
    await run.is("Succeeded");
    await run.log.isComplete();
    const written = await counter.written();
    expect([...(await run.log.walk(written))]).toEqual(upTo(written).map((number) => [number, number]));
  });

  test("while a run was being stopped does not forget that it was", async ({ webApp: app }) => {
    app.expectProblem(LOST_CONNECTION);
    const gate = join(app.program.folder, "gate");
    const more = `env: { GATE: ${JSON.stringify(gate)} }\nstop: { grace: 10m }`;
    await addAgent(app.program, { name: "patient", script: GATED_STOP_SCRIPT, more });
    await app.open("/agents/patient");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await expect(run.log.lines).toContainText("ready and waiting");
    await run.button("Stop").click();
    await expect(run.log.lines).toContainText("heard, finishing");

    await app.killCore();
    await app.restartCore();
    await run.is("Stopping");
    await writeFile(gate, "");

    await run.is("Stopped");
    await expect(run.main).toContainText("Stopped by a person.");
  });
});
