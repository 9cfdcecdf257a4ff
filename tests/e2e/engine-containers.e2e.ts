import { expect, runPatient, test } from "#tests/helpers/e2e-engine.ts";
import { EnginePage } from "#tests/helpers/pages/engine-page.ts";

test.describe.configure({ mode: "default" });
test.describe("the containers of an engine @web", () => {
  test("are found through the targets, and follow what others do", async ({ app, engine }) => {
    await runPatient(engine, "first");
    await app.open("/targets");
    const target = app.page.getByRole("row", { name: /docker/ });
    await expect(target).toContainText("Ready");
    await expect(target).toContainText(/Docker \d+\.\d+.* · 1 container, running: 1/);
    await target.click();
    const page = new EnginePage(app.page);
    await expect(page.rows(/first/)).toContainText("Running");
    await expect(page.rows(/first/)).toContainText(/busybox.*\d\s%.*[KM]iB/);

    await runPatient(engine, "shop-web-1", ["--label", "com.docker.compose.project=shop"]);
    await expect(page.rows(/^shop1 of 1 running/)).toBeVisible();
    await expect(page.rows(/shop-web-1/)).toContainText("Running");
    await engine.command("rename", "first", "renamed");
    await expect(page.rows(/renamed/)).toBeVisible();
    await engine.command("pause", "renamed");
    await expect(page.rows(/renamed/)).toContainText("Paused");
    await engine.remove("renamed");
    await expect(page.rows(/renamed/)).toHaveCount(0);
  });

  test("are stopped, started, paused, renamed, and removed after a question", async ({ app, engine }) => {
    await runPatient(engine, "subject");
    const state = () => engine.command("inspect", "-f", "{{.State.Status}}", "subject");
    await app.open("/engines/docker");
    const page = new EnginePage(app.page);
    const row = page.rows(/subject/);

    await row.getByRole("button", { name: "Stop subject" }).click();
    await page.says("subject stopped");
    await expect(row).toContainText("Exited");
    expect(await state()).toBe("exited");
    await row.getByRole("button", { name: "Start subject" }).click();
    await expect(row).toContainText("Running");
    await page.act("subject", "Pause");
    await expect(row).toContainText("Paused");
    expect(await state()).toBe("paused");
    await page.act("subject", "Resume");
    await expect(row).toContainText("Running");

    await page.act("subject", "Rename…");
    const name = app.page.getByRole("textbox", { name: "New name" });
    await name.fill("not a name");
    await expect(app.page.getByRole("button", { name: "Rename" })).toBeDisabled();
    await name.fill("object");
    await name.press("Enter");
    await expect(page.rows(/object/)).toContainText("Running");

    await page.act("object", "Remove…");
    const question = app.page.getByRole("dialog", { name: "Remove object?" });
    await expect(question).toContainText("Everything written inside the container and its log are lost");
    await expect(question).toContainText("It still runs and will be killed first.");
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(page.rows(/object/)).toContainText("Running");
    await page.act("object", "Remove…");
    await question.getByRole("button", { name: "Remove" }).click();
    await expect(page.rows(/object/)).toHaveCount(0);
    expect(await engine.command("ps", "-aq")).toBe("");
    await expect(app.page.getByRole("heading", { name: "No containers yet" })).toBeVisible();
  });

  test("are searched, filtered and steered many at once, also with the keyboard alone", async ({
    app,
    engine,
  }) => {
    for (const name of ["blue", "green", "red"]) await runPatient(engine, name);
    await engine.command("stop", "red");
    await app.open("/engines/docker");
    const page = new EnginePage(app.page);
    await expect(page.rows()).toHaveCount(3);

    await app.page.getByRole("textbox", { name: "Name, image, project, port or id" }).fill("re");
    await expect(page.rows()).toHaveCount(2);
    await expect(app.page).toHaveURL(/q=re$/);
    await app.page.getByRole("button", { name: "Clear filters" }).click();
    await app.open("/engines/docker?state=exited");
    await expect(page.rows()).toHaveCount(1);
    await app.page.getByRole("button", { name: "Clear filters" }).click();
    await expect(page.rows()).toHaveCount(3);

    await page.rows().first().focus();
    await app.page.keyboard.press("Space");
    await app.page.keyboard.press("ArrowDown");
    await app.page.keyboard.press("Space");
    await expect(page.selection).toContainText("2 selected");
    await app.page.keyboard.press("s");
    await page.says("2 containers stopped");
    await expect(page.rows(/Exited/)).toHaveCount(3);
    await app.page.getByRole("checkbox", { name: "Select all" }).check();
    await page.selection.getByRole("button", { name: "Start", exact: true }).click();
    await expect(page.rows(/Running/)).toHaveCount(3);
    await page.selection.getByRole("button", { name: "Remove…" }).click();
    const question = app.page.getByRole("dialog", { name: "Remove 3 containers?" });
    await expect(question).toContainText("blue, green, red");
    await question.getByRole("button", { name: "Remove" }).click();
    await expect(page.rows()).toHaveCount(0);
    await expect(page.selection).toHaveCount(0);
  });

  test("stay in sight while their engine hangs, and are right again when it is back", async ({
    app,
    engine,
  }) => {
    await runPatient(engine, "steady");
    await app.open("/engines/docker");
    const page = new EnginePage(app.page);
    await expect(page.rows(/steady/)).toContainText("Running");
    const trouble = app.page.getByRole("alert").filter({ hasText: "does not answer" });

    engine.signal("SIGSTOP");
    await expect(trouble).toBeVisible();
    await expect(trouble).toContainText("What is shown is from");
    await expect(page.rows(/steady/)).toBeVisible();
    await app.page.getByRole("link", { name: "Agents" }).click();
    await expect(app.page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
    await app.page.getByRole("link", { name: "Targets" }).click();
    const target = app.page.getByRole("row", { name: /docker/ });
    await expect(target).toContainText("Does not answer");
    await expect(target).toContainText("last known: 1 container, running: 1");
    engine.signal("SIGCONT");
    await expect(target).toContainText("Ready");
    await expect(target).not.toContainText("last known");

    await app.open("/engines/docker");
    engine.signal("SIGKILL");
    await expect(trouble).toBeVisible();
    await engine.restart();
    await expect(trouble).toHaveCount(0);
    await engine.command("rm", "-f", "steady");
    await expect(page.rows(/steady/)).toHaveCount(0);
  });
});
