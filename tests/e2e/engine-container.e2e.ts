import { readFile } from "node:fs/promises";
import { expect, runPatient, runScript, test } from "#tests/helpers/e2e-engine.ts";

test.describe.configure({ mode: "default" });
test.describe("one container @web", () => {
  test("shows its log as it grows, and what was said before", async ({ app, engine }) => {
    const script =
      "echo 'первая строка'; printf '\\033[31mred\\033[0m\\n'; echo oops >&2; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo later; printf 'without end'";
    await runScript(engine, { name: "speaker", script });
    await app.open("/engines/docker");
    await app.page.getByRole("row", { name: /speaker/ }).click();
    const log = app.page.getByRole("log");
    await expect(log).toContainText("первая строка");
    await expect(log).toContainText(/\derroops/);
    await expect(log.getByText("red", { exact: true })).toHaveClass(/color-red/);
    await expect(app.page.getByText("Live", { exact: true })).toBeVisible();

    await app.page.getByRole("textbox", { name: "Find in the log" }).fill("OOPS");
    await expect(app.page.getByText("1 of 1")).toBeVisible();
    await engine.command("exec", "speaker", "touch", "/tmp/go");
    await expect(log).toContainText("later");
    await expect(app.page.getByText("Ended", { exact: true })).toBeVisible();
    await expect(log).toContainText("without end");
  });

  test("keeps the end of a long log in a few rows of the page", async ({ app, engine }) => {
    await runScript(engine, { name: "talker", script: "seq 1 60000; sleep 600" });
    await app.open("/engines/docker/containers/talker");
    const log = app.page.getByRole("log");
    await expect(log).toContainText("60000");
    expect(await log.locator("[data-index]").count()).toBeLessThan(120);
    await expect(log).not.toContainText(/(^|\D)59000(\D|$)/);
  });

  test("has a shell that takes what is typed, follows the size of the window and says how it ended", async ({
    app,
    engine,
  }) => {
    await runPatient(engine, "shelled");
    await app.open("/engines/docker/containers/shelled?tab=shell");
    const terminal = app.page.getByRole("region", { name: "Terminal" });
    await expect(terminal).toContainText(/[#$]/);
    await app.page.keyboard.type("echo $((40+2)) > /tmp/answer; cat /tmp/answer | sed s/^/answer-/\n");
    await expect(terminal).toContainText("answer-42");
    expect(await engine.command("exec", "shelled", "cat", "/tmp/answer")).toBe("42");
    await app.page.keyboard.type("printf '\\033[38;2;255;0;0mtrue\\033[0m-colour\\n'\n");
    await expect(terminal).toContainText("true-colour");

    // Empty until the shell has written it.
    const read = (file: string) => engine.command("exec", "shelled", "sh", "-c", `cat ${file} || true`);
    const columns = async () => {
      await app.page.keyboard.type("stty size > /tmp/size\n");
      await expect.poll(() => read("/tmp/size")).toMatch(/^\d+ \d+$/);
      return Number((await read("/tmp/size")).split(" ")[1]);
    };
    const wide = await columns();
    await engine.command("exec", "shelled", "rm", "/tmp/size");
    await app.page.setViewportSize({ width: 1000, height: 700 });
    await expect.poll(columns).toBeLessThan(wide - 10);

    await app.page.keyboard.type("exit 3\n");
    await expect(app.page.getByText("The shell has ended with exit code 3.")).toBeVisible();
    await app.page.getByRole("button", { name: "Open again" }).click();
    await expect(app.page.getByText("The shell has ended")).toHaveCount(0);
    await expect(terminal).toContainText(/[#$]/);
    await app.page.keyboard.type("echo $$ > /tmp/shell\n");
    await expect.poll(() => read("/tmp/shell")).toMatch(/^\d+$/);
  });

  test("is inspected as a tree and as text, measured, and gives its files as a tar", async ({
    app,
    engine,
  }) => {
    await runPatient(engine, "known", ["--label", "colour=teal"]);
    const id = await engine.command("inspect", "-f", "{{.Id}}", "known");
    await app.open(`/engines/docker/containers/${id.slice(0, 12)}?tab=inspect`);
    await expect(app.page.getByRole("heading", { level: 1, name: "known" })).toBeVisible();
    const everything = app.page.getByRole("region", { name: "Everything the engine says" });
    await expect(everything).toContainText("HostConfig");
    await everything.getByRole("textbox", { name: "Search names and values" }).fill("teal");
    await expect(everything).toContainText('colour: "teal"');
    await expect(everything).not.toContainText("HostConfig");
    await everything.getByText("JSON", { exact: true }).click();
    await expect(everything).toContainText('"colour": "teal"');

    await app.page.getByRole("tab", { name: "Load" }).click();
    await expect(app.page.getByRole("figure", { name: "CPU" }).locator("canvas")).toBeVisible();
    await expect(app.page.getByRole("figure", { name: "Memory" })).toContainText(/[KM]iB/);

    await engine.command("exec", "known", "sh", "-c", "echo treasure > /tmp/chest");
    await app.page.getByRole("tab", { name: "Files" }).click();
    const path = app.page.getByRole("textbox", { name: "Path in the container" });
    await path.fill("/no/such/file");
    await path.press("Enter");
    await expect(app.page.getByRole("alert")).toContainText("has no");
    app.expectProblem(/^download: known-chest\.tar$/);
    await path.fill("/tmp/chest");
    const saved = app.page.waitForEvent("download");
    await path.press("Enter");
    expect(await readFile(await (await saved).path(), "latin1")).toContain("treasure");
  });
});
