import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent, addCounter, upTo, WAITING_SCRIPT } from "#tests/helpers/e2e-agents.ts";
import { AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

/** Writes 5,000 lines at once, with a needle in three of them, and ends. */
const LONG_LOG = `
const lines = [];
for (let number = 1; number <= 5000; number += 1) {
  const needle = number % 1600 === 0 ? " Needle" : "";
  lines.push("tick " + String(number).padStart(5, "0") + ";" + needle);
}
console.log(lines.join("\\n"));
`;

/** What a hostile program writes to take over whoever reads it. */
const HOSTILE = String.raw`
const esc = "\u001b", bel = "\u0007";
console.log(esc + "[31;1mred and bold" + esc + "[0m plain");
console.log(esc + "]0;stolen title" + bel + "after the title");
console.log(esc + "]52;c;c3RvbGVu" + bel + "after the clipboard");
console.log(esc + "]8;;https://evil.example/" + esc + "\\a link" + esc + "]8;;" + esc + "\\ after the link");
console.log("<img src=https://evil.example/x.png onerror=\"location='https://evil.example/'\">");
console.log("<script>document.title = 'stolen'</script><a href=\"javascript:alert(1)\">go</a>");
console.log(esc + "[2J" + esc + "[H" + esc + "c" + esc + "[6n" + "after the clearing");
console.log("admin\u202egnp.exe and \u0000 nul \u0008 back");
process.stdout.write(Buffer.from([0xff, 0xfe, 0x80, 0x0a]));
console.log("javascript:alert(1) https://evil.example/ file:///etc/passwd");
console.log("{\"level\":\"info\",\"message\":\"<b>bold?</b>\",\"__proto__\":{\"x\":1}}");
console.log("x".repeat(300000) + "END");
console.log("the last line");
`;

test.describe("the log of a run", () => {
  test("is followed, paused by scrolling away, and followed again", { tag: "@both" }, async ({ app }) => {
    const counter = await addCounter(app.program);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    const { log } = new RunPage(app.page);
    await log.reaches(60);
    await expect(log.toolbar).toContainText("Live");

    await log.lines.focus();
    await log.lines.press("Home");
    await expect(log.toolbar).toContainText("Paused");
    await expect(log.lines).toContainText("tick 00001;");
    await expect(log.view.getByRole("button", { name: /\d+ new lines?/ })).toBeVisible();
    await expect(log.lines).toContainText("tick 00001;");

    await log.view.getByRole("button", { name: /new line/ }).click();
    await expect(log.toolbar).toContainText("Live");
    await expect(log.lines).not.toContainText("tick 00001;");
    await log.button(/Stop following/).click();
    await expect(log.toolbar).toContainText("Paused");
    await log.button(/Follow the end/).click();
    await counter.finish();
    await log.isComplete();
    const last = String(await counter.written()).padStart(5, "0");
    await expect(log.lines).toContainText(`tick ${last};`);
  });

  test("finds text, counts the hits and walks through them", async ({ app }) => {
    await addAgent(app.program, { name: "wordy", script: LONG_LOG });
    await app.open("/agents/wordy");
    await new AgentPage(app.page).start.click();
    const { log } = new RunPage(app.page);
    await log.isComplete();
    await expect(log.toolbar).toContainText("5,000 lines");

    await log.lines.press("Control+f");
    await log.findField.fill("needle");
    await expect(log.toolbar.getByRole("status")).toHaveText(/of 3$/);
    // The walk begins where the log stood when the search began.
    const begin = Number(((await log.toolbar.getByRole("status").textContent()) ?? "").split(" ")[0]);
    for (const step of [1, 2, 3]) {
      const hit = ((begin - 1 + step) % 3) + 1;
      await log.button(/Next hit/).click();
      await expect(log.toolbar.getByRole("status")).toHaveText(`${hit} of 3`);
      await expect(log.lines).toContainText(`tick ${String(hit * 1_600).padStart(5, "0")}; Needle`);
      await expect(log.lines.getByText("Needle", { exact: true }).first()).toBeVisible();
    }
    await log.button(/Match case/).click();
    await expect(log.toolbar.getByRole("status")).toHaveText("No hits");
    await log.findField.press("Escape");
    await expect(log.findField).toBeHidden();
  });

  test("has an address for each line, and goes to it", async ({ app }) => {
    await addAgent(app.program, { name: "wordy", script: LONG_LOG });
    await app.open("/agents/wordy");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await run.log.isComplete();

    await app.open(`/runs/${run.id}?line=2345`);
    await expect(run.log.lines).toContainText("2345tick 02345;");
    await run.log.lines.press("ArrowDown");
    await expect(app.page).toHaveURL(/line=2346/);
    await run.log.lines.press("Home");
    await expect(run.log.lines).toContainText("1tick 00001;");
    await run.log.lines.press("End");
    await expect(run.log.lines).toContainText("5000tick 05000;");
  });

  test("neither loses nor repeats a line when the page is loaded anew in the middle of it", {
    tag: "@both",
  }, async ({ app }) => {
    const counter = await addCounter(app.program, 5);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await run.log.reaches(50);
    for (const reached of [400, 700]) {
      await app.page.reload();
      await run.log.reaches(reached);
    }
    await counter.finish();
    await run.log.isComplete();

    const written = await counter.written();
    expect([...(await run.log.walk(written))]).toEqual(upTo(written).map((number) => [number, number]));
  });

  test("of a hostile program is text: no title, no clipboard, no link, no address changes", async ({
    app,
  }) => {
    await app.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await addAgent(app.program, { name: "hostile", script: HOSTILE });
    await app.open("/agents/hostile");
    await app.page.evaluate(() => navigator.clipboard.writeText("mine"));
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await run.log.isComplete();
    await run.is("Succeeded");
    await run.log.lines.press("Home");

    await expect(run.log.lines).toContainText("red and bold plain");
    for (const text of ["after the title", "after the clipboard", "after the link", "after the clearing"]) {
      await expect(run.log.lines).toContainText(text);
    }
    await expect(run.log.lines).toContainText("<img src=https://evil.example/x.png onerror=");
    await expect(run.log.lines).toContainText("<script>document.title = 'stolen'</script>");
    await expect(run.log.lines).toContainText("the last line");
    await expect(run.log.lines.getByRole("link")).toHaveCount(0);
    await expect(run.log.lines.getByRole("img")).toHaveCount(0);
    // A word that turns the reading direction round must not do so.
    await expect(run.log.lines).not.toContainText("\u202e");
    const colour = (text: string) =>
      run.log.lines.getByText(text, { exact: true }).evaluate((node) => getComputedStyle(node).color);
    expect(await colour("red and bold")).not.toBe(await colour("the last line"));
    expect(await app.page.title()).toMatch(/Pilothouse$/);
    expect(await app.page.evaluate(() => navigator.clipboard.readText())).toBe("mine");
    await expect(app.page).toHaveURL(new RegExp(`/runs/${run.id}(\\?.*)?$`));
  });

  test("shows the beginning of a very long line, and more when asked, without widening the page", async ({
    app,
  }) => {
    await addAgent(app.program, { name: "hostile", script: HOSTILE });
    await app.open("/agents/hostile");
    await new AgentPage(app.page).start.click();
    const { log } = new RunPage(app.page);
    await log.isComplete();

    const more = log.lines.getByRole("button", { name: /more characters/ });
    await expect(more).toBeVisible();
    await more.click();
    await expect(more).toBeHidden();
    const overflow = await app.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await log.button(/Wrap long lines/).click();
    await expect(log.button(/Wrap long lines/)).toHaveAttribute("aria-pressed", "true");
  });

  test("says what there is to say when there is nothing yet", async ({ app }) => {
    await addAgent(app.program, { name: "silent", script: WAITING_SCRIPT.replace(/console.log.*;/, "") });
    await app.open("/agents/silent");
    await new AgentPage(app.page).start.click();
    const run = new RunPage(app.page);
    await expect(run.log.view).toContainText("No output yet.");
    await run.button("Stop").click();
    await expect(run.log.view).toContainText("This run wrote no output.");
  });
});
