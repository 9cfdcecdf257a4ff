import { expect, runPatient, runScript, test } from "#tests/helpers/e2e-engine.ts";
import { EnginePage } from "#tests/helpers/pages/engine-page.ts";

test.use({ product: "podman" });
test.describe.configure({ mode: "default" });
test.describe("Podman @web", () => {
  test("has its containers listed, steered, and removed after a question", async ({ app, engine }) => {
    await runPatient(engine, "subject");
    const state = () => engine.command("inspect", "-f", "{{.State.Status}}", "subject");
    await app.open("/targets");
    const target = app.page.getByRole("row", { name: /podman/ });
    await expect(target).toContainText(/Podman \d+\.\d+.* · 1 container, running: 1/);
    await target.click();
    const page = new EnginePage(app.page);
    const row = page.rows(/subject/);
    await expect(row).toContainText("Running");
    await expect(row).toContainText(/busybox.*\d\s%.*[KM]iB/);

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
    await name.fill("object");
    await name.press("Enter");
    await expect(page.rows(/object/)).toContainText("Running");

    await page.act("object", "Remove…");
    const question = app.page.getByRole("dialog", { name: "Remove object?" });
    await question.getByRole("button", { name: "Remove" }).click();
    await expect(page.rows(/object/)).toHaveCount(0);
    expect(await engine.command("ps", "-aq")).toBe("");
  });

  test("shows the log of a container, a shell in it, its load and all that is known of it", async ({
    app,
    engine,
  }) => {
    await runScript(engine, {
      name: "speaker",
      script: "echo 'первая строка'; echo oops >&2; trap 'exit 0' TERM; while :; do sleep 0.1; done",
      options: ["--label", "colour=teal"],
    });
    await app.open("/engines/podman/containers/speaker");
    const log = app.page.getByRole("log");
    await expect(log).toContainText("первая строка");
    await expect(log).toContainText(/\derroops/);
    await expect(app.page.getByText("Live", { exact: true })).toBeVisible();

    await app.page.getByRole("tab", { name: "Shell" }).click();
    const terminal = app.page.getByRole("region", { name: "Terminal" });
    await expect(terminal).toContainText(/[#$]/);
    await app.page.keyboard.type("echo $((40+2)) > /tmp/answer; cat /tmp/answer | sed s/^/answer-/\n");
    await expect(terminal).toContainText("answer-42");
    expect(await engine.command("exec", "speaker", "cat", "/tmp/answer")).toBe("42");
    await app.page.keyboard.type("exit 3\n");
    await expect(app.page.getByText("The shell has ended with exit code 3.")).toBeVisible();

    await app.page.getByRole("tab", { name: "Load" }).click();
    await expect(app.page.getByRole("figure", { name: "Memory" })).toContainText(/[KM]iB/);
    await app.page.getByRole("tab", { name: "Inspect" }).click();
    const everything = app.page.getByRole("region", { name: "Everything the engine says" });
    await everything.getByRole("textbox", { name: "Search names and values" }).fill("teal");
    await expect(everything).toContainText('colour: "teal"');
  });
});
