import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, addCounter } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

test.describe("the logs of several runs", () => {
  test("are followed live, agent by agent, and a person chooses whose are shown", { tag: "@both" }, async ({
    app,
  }) => {
    const counter = await addCounter(app.program);
    await addAgent(app.program, {
      name: "ticker",
      script: `setInterval(() => console.log("tock of the ticker"), 20);`,
    });
    await app.open("/logs");
    const { log } = new RunPage(app.page);
    await app.program.json(["run", "counter"]);
    await app.program.json(["run", "ticker"]);
    await expect(log.lines).toContainText(/ticker\d+tock of the ticker/);
    await expect(log.lines).toContainText(/counter\d+tick \d+/);

    await app.page.getByPlaceholder("All agents").click();
    await app.page.getByRole("option", { name: "counter" }).click();
    await expect(app.page).toHaveURL(/agent=counter/);
    await expect(log.lines).toContainText("tick 0");
    await expect(log.lines).not.toContainText("tock");
    // The logs go on growing meanwhile.
    await log.lines.focus();
    await log.lines.press("/");
    await log.findField.fill("tick 00002;");
    await expect(log.toolbar.getByRole("status")).toHaveText("1 of 1");
    await expect(log.lines.locator("[data-hit]")).toContainText("tick 00002;");
    await expect(log.view.getByRole("img", { name: "Places of the hits in the log" })).toBeVisible();
    await counter.finish();
  });

  test("are merged by time, with every line of each, and found in both", async ({ app }) => {
    const script = (word: string) =>
      `let n = 0; const t = setInterval(() => { console.log("${word} " + (n += 1)); if (n === 60) clearInterval(t); }, 5);`;
    await addAgent(app.program, { name: "left", script: script("port") });
    await addAgent(app.program, { name: "right", script: script("starboard") });
    await Promise.all([
      app.program.run(["run", "left", "--wait"]),
      app.program.run(["run", "right", "--wait"]),
    ]);
    await app.open("/runs");
    for (const name of ["left", "right"])
      await app.page.getByRole("checkbox", { name: new RegExp(`${name} `) }).check();
    await app.page.getByRole("link", { name: "Show logs together" }).click();
    const { log } = new RunPage(app.page);
    await log.isComplete();
    await expect(log.toolbar).toContainText("120 lines");
    await log.lines.focus();
    await log.lines.press("Home");
    // Which of the two got to run first is not the same each time.
    await expect(log.lines).toContainText(/left1port 1|right1starboard 1/);
    await log.lines.press("/");
    await log.findField.fill("board 60");
    await expect(log.toolbar.getByRole("status")).toHaveText("1 of 1");
    await expect(log.lines).toContainText("starboard 60");
    await log.button("Regular expression").click();
    await log.findField.fill("(port|board) 5$");
    await expect(log.toolbar.getByRole("status")).toHaveText(/^[12] of 2$/);
    await expect(log.view.getByRole("img", { name: "Places of the hits in the log" })).toBeVisible();
    const hit = log.lines.locator("[data-hit]");
    await expect(hit).toContainText(/(port|starboard) 5$/);
    const isPort = ((await hit.textContent()) ?? "").endsWith("port 5");
    for (const text of isPort ? ["starboard 5", "port 5"] : ["port 5", "starboard 5"]) {
      await log.button(/Next hit/).click();
      await expect(hit).toContainText(text);
    }
    await log.findField.press("Escape");

    await log.addFilter(async (form) => {
      await form.getByRole("textbox", { name: "Text" }).fill("port");
      await form.getByRole("textbox", { name: "Text" }).press("Enter");
    });
    await expect(log.toolbar).toContainText("60 lines fit");
    await expect(log.lines).not.toContainText("starboard");
    await log.lines.focus();
    await log.lines.press(":");
    await log.prompt.fill("1");
    await log.prompt.press("Enter");
    await expect(log.lines.locator("[data-picked]")).toContainText("port 1");
    await log.lines.press("/");
    await log.findField.fill("^port 6");
    await expect(log.toolbar.getByRole("status")).toHaveText("1 of 2");
  });

  test("of every live run are searched whole, and a person goes to a hit and to a time", async ({ app }) => {
    const script = `
for (let n = 1; n <= 2000; n += 1) console.log((n === 40 ? "needle " : "hay ") + n);
setTimeout(() => { for (let n = 1; n <= 500; n += 1) console.log("later " + n); }, 1500);
setInterval(() => undefined, 1000);
`;
    await addAgent(app.program, { name: "stack", script });
    await app.program.json(["run", "stack"]);
    await app.open("/logs");
    const { log } = new RunPage(app.page);
    await expect(log.toolbar).toContainText("2,500 lines");
    await expect(log.lines).toContainText("later 500");

    await log.lines.focus();
    await log.lines.press("/");
    await log.button("Regular expression").click();
    await log.findField.fill("^needle \\d+$");
    await expect(log.toolbar.getByRole("status")).toHaveText("1 of 1");
    await expect(log.lines).toContainText("needle 40");
    await log.findField.press("Escape");

    await log.button("Time column").click();
    await app.page.getByRole("menuitem", { name: "Time of day" }).click();
    await log.lines.press(":");
    await log.prompt.fill("2001");
    await log.prompt.press("Enter");
    const first = log.lines.locator("[data-stream]").filter({ hasText: /later 1$/ });
    const time = await first.getByTitle(/^\d{4}-/).getAttribute("title");
    await log.lines.press("Home");
    await expect(log.lines).toContainText("hay 1");
    await log.lines.press(":");
    await log.prompt.fill(time ?? "");
    await log.prompt.press("Enter");
    await expect(log.lines).toContainText("later 3");
  });
});
