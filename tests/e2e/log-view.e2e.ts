import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "#tests/helpers/e2e.ts";
import { addAgent, addCounter } from "#tests/helpers/e2e-agents.ts";
import { AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import type { Program } from "#tests/helpers/program.ts";

/** Lines of every level and both streams, with fields, some text and a pause in the middle. */
const MIXED = `
const levels = ["debug", "info", "info", "warn", "error"];
const write = (from, to) => {
  for (let number = from; number <= to; number += 1) {
    const level = levels[number % levels.length];
    const line = { level, message: "order " + number, shop: "shop-" + (number % 3), ms: number };
    console.log(JSON.stringify(line));
    if (number % 100 === 0) console.error("on the side " + number);
  }
};
write(1, 2000);
setTimeout(() => write(2001, 3000), 1500);
`;

async function runToLog(app: { page: Page; open(address: string): Promise<void> }, agent: string) {
  await app.open(`/agents/${agent}`);
  await new AgentPage(app.page).start.click();
  const run = new RunPage(app.page);
  await run.log.isComplete();
  return run;
}

async function addMixed(program: Program): Promise<void> {
  await addAgent(program, { name: "mixed", script: MIXED });
}

test.describe("the view of a log", () => {
  test("shows only what fits, says so in chips that go one by one, and in its address", {
    tag: "@both",
  }, async ({ app }) => {
    await addMixed(app.program);
    const { log } = await runToLog(app, "mixed");
    await expect(log.toolbar).toContainText("3,030 lines");

    await log.addFilter((form) => form.getByRole("checkbox", { name: "ERROR" }).check());
    await expect(log.toolbar).toContainText("600 lines fit");
    await log.addFilter(async (form) => {
      await form.getByRole("textbox", { name: "Field" }).fill("shop");
      await form.getByRole("textbox", { name: "Value" }).fill("shop-1");
      await form.getByRole("textbox", { name: "Value" }).press("Enter");
    });
    await expect(log.toolbar).toContainText("200 lines fit");
    await log.addFilter(async (form) => {
      await form.getByRole("textbox", { name: "Text" }).fill('order 3?4"');
      await form.getByRole("checkbox", { name: "Regular expression" }).check();
      await form.getByRole("checkbox", { name: "Lines without it" }).check();
      await form.getByRole("textbox", { name: "Text" }).press("Enter");
    });
    await expect(log.toolbar).toContainText("198 lines fit");
    await log.lines.focus();
    await log.lines.press("Home");
    await expect(log.lines).toContainText("order 19shop");
    await expect(log.lines).not.toContainText("order 4shop");

    await app.page.reload();
    const chips = log.view.getByRole("list", { name: "Filters" });
    await expect(chips.getByRole("listitem")).toHaveCount(4);
    await chips.getByRole("button", { name: "Remove filter: shop = shop-1" }).click();
    await expect(log.toolbar).toContainText("598 lines fit");
    await chips.getByRole("button", { name: "Clear all" }).click();
    await expect(log.toolbar).toContainText("3,030 lines");
    await log.addFilter((form) => form.getByText("stderr").click());
    await expect(log.toolbar).toContainText("30 lines fit");
    await expect(log.lines).toContainText("on the side 3000");
  });

  test("keeps filtering while the log grows, and shows lines by their own numbers", async ({ app }) => {
    const counter = await addCounter(app.program, 5);
    await app.open("/agents/counter");
    await new AgentPage(app.page).start.click();
    const { log } = new RunPage(app.page);
    await log.addFilter(async (form) => {
      await form.getByRole("textbox", { name: "Text" }).fill("7;");
      await form.getByRole("textbox", { name: "Text" }).press("Enter");
    });
    const fitting = async () =>
      Number(/(\d+) lines? fit/.exec((await log.toolbar.textContent()) ?? "")?.[1] ?? 0);
    await expect.poll(fitting).toBeGreaterThan(10);
    const before = await fitting();
    await expect.poll(fitting).toBeGreaterThan(before);
    await counter.finish();
    await log.isComplete();

    const written = await counter.written();
    await expect.poll(fitting).toBe(Math.floor((written + 3) / 10));
    await expect.poll(async () => (await log.shownTicks()).length).toBeGreaterThan(5);
    const shown = await log.shownTicks();
    for (const { number, tick } of shown) expect([number, tick % 10]).toEqual([tick, 7]);
  });

  test("finds by pattern, marks every hit beside the scroll bar, and steps through them", async ({ app }) => {
    await addMixed(app.program);
    const { log } = await runToLog(app, "mixed");
    await log.lines.focus();
    await log.lines.press("/");
    await log.button("Regular expression").click();
    await log.findField.fill('"order \\d*77"');
    await expect(log.toolbar.getByRole("status")).toHaveText(/ of 30$/);
    const bar = log.view.getByRole("img", { name: "Places of the hits in the log" });
    const painted = () =>
      bar.evaluate((canvas: HTMLCanvasElement) => {
        // A copy each time: of one that is read twice, the browser says that it should have been told.
        const copy = new OffscreenCanvas(1, canvas.height).getContext("2d");
        copy?.drawImage(canvas, 0, 0);
        const pixels = copy?.getImageData(0, 0, 1, canvas.height).data ?? [];
        const rows = [...pixels].filter((_, index) => index % 4 === 3).map((alpha) => alpha > 0);
        return rows.filter((isOn, y) => isOn && rows[y - 1] !== true).length;
      });
    await expect.poll(painted).toBe(30);
    await log.lines.focus();
    await log.lines.press("Home");
    await log.findField.fill('"order 277"');
    await expect(log.toolbar.getByRole("status")).toHaveText("1 of 1");
    await expect(log.lines).toContainText("order 277");

    await log.findField.fill("(");
    await expect(log.toolbar.getByRole("status")).toHaveText("Not a pattern this search knows");
  });

  test("goes to a line and to a time, and says in its help what the keys do", async ({ app }) => {
    await addMixed(app.program);
    const { log } = await runToLog(app, "mixed");
    await log.lines.focus();
    await log.lines.press(":");
    await log.prompt.fill("1234");
    await log.prompt.press("Enter");
    await expect(log.lines).toContainText("order 1222");
    await expect(app.page).toHaveURL(/line=1234/);

    await log.button("Time column").click();
    await app.page.getByRole("menuitem", { name: "Time of day" }).click();
    // The second half was written after a pause, so no line of the first has the time of its beginning.
    await log.lines.press(":");
    await log.prompt.fill("2021");
    await log.prompt.press("Enter");
    const row = log.lines.locator("[data-stream]").filter({ hasText: "order 2001shop" });
    const time = await row.getByTitle(/^\d{4}-/).getAttribute("title");
    await log.lines.press("Home");
    await expect(log.lines).toContainText("order 3shop");
    await log.button(/Go to line or time/).click();
    await log.prompt.fill(time ?? "");
    await log.prompt.press("Enter");
    await expect(log.lines).toContainText("order 2003shop");

    await log.lines.press("?");
    await expect(app.page.getByRole("dialog", { name: "Keys (?)" })).toContainText("Follow or stop");
  });

  test("puts fields into columns, and remembers them for the agent", async ({ app }) => {
    const script = `
for (let n = 0; n < 60; n += 1) console.log(JSON.stringify({ message: "${"wide ".repeat(80)}", shop: "shop-" + n % 3 }));
`;
    await addAgent(app.program, { name: "mixed", script });
    const { log } = await runToLog(app, "mixed");
    await log.button("Fields as columns").click();
    await app.page.getByRole("checkbox", { name: "shop" }).check();
    await app.page.keyboard.press("Escape");
    const heads = log.view.getByRole("list", { name: "Columns" });
    await expect(heads).toContainText("shop");
    await expect(log.lines.getByTitle("shop-0").first()).toBeVisible();

    await runToLog(app, "mixed");
    await expect(heads).toContainText("shop");
    const apart = async () => {
      const [head, cell] = await Promise.all(
        [heads.getByRole("listitem").first(), log.lines.getByTitle(/^shop-\d$/).first()].map((each) =>
          each.boundingBox(),
        ),
      );
      return Math.abs((head?.x ?? 0) - (cell?.x ?? 1_000));
    };
    await expect.poll(apart).toBeLessThan(1);
    await log.lines.evaluate((frame) => {
      frame.scrollLeft = 60;
    });
    await expect.poll(() => log.lines.evaluate((frame) => frame.scrollLeft)).toBe(60);
    await expect.poll(apart).toBeLessThan(1);
    const remove = heads.getByRole("button", { name: "Remove column shop" });
    await remove.focus();
    await remove.press("Enter");
    await expect(heads).toBeHidden();
  });

  test("copies picked lines and the address of one, which opens at that line", async ({ app }) => {
    await app.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await addMixed(app.program);
    const run = await runToLog(app, "mixed");
    const { log } = run;
    const clipboard = () => app.page.evaluate(() => navigator.clipboard.readText());
    await log.lines.focus();
    await log.lines.press("Home");
    // A line that is still being read has its number, and cannot be picked.
    await expect(log.lines).toContainText("order 3shop");
    await log.lines.getByText("2", { exact: true }).first().click();
    await log.lines.press("Shift+ArrowDown");
    await log.button("More about this log").click();
    await app.page.getByRole("menuitem", { name: /Copy picked lines/ }).click();
    await expect.poll(clipboard).toMatch(/^\{.*order 2.*\}\n\{.*order 3.*\}$/);
    await log.button("More about this log").click();
    await app.page.getByRole("menuitem", { name: "Copy link to the line" }).click();
    await expect.poll(clipboard).toContain(`/runs/${run.id}?line=3`);

    await app.open(`/runs/${run.id}?line=2020`);
    await expect(log.lines.locator("[data-picked]")).toContainText("2000");
  });

  test("is downloaded as text, as JSON lines and as it was written", { tag: "@both" }, async ({ app }) => {
    app.expectProblem(/^download: mixed-/);
    await addMixed(app.program);
    const { log } = await runToLog(app, "mixed");
    const download = async (kind: string) => {
      await log.button("More about this log").click();
      const [file] = await Promise.all([
        app.page.waitForEvent("download"),
        app.page.getByRole("menuitem", { name: kind }).click(),
      ]);
      return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
    };

    const raw = await download("As it was written");
    const text = await download("As text");
    const json = await download("As JSON lines");

    expect(raw.name).toMatch(/^mixed-.{8}\.log$/);
    expect(raw.text.split("\n")).toHaveLength(3031);
    expect(text.text.split("\n").toSorted()).toEqual(raw.text.split("\n").toSorted());
    const lines = json.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(3030);
    // Which of two streams came first is not the same each time; both files have the order of the log.
    expect(lines[2999]).toMatchObject({ number: 3000, text: text.text.split("\n")[2999] });
  });

  test("is kept when a person says so, and read in the encoding they name", async ({ app }) => {
    const script = `process.stdout.write(Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x0a]));`;
    await addAgent(app.program, { name: "cyrillic", script });
    const { log } = await runToLog(app, "cyrillic");
    const menu = async (...names: RegExp[]) => {
      await log.button("More about this log").click();
      for (const name of names) await app.page.getByRole("menuitem", { name }).click();
    };
    await menu(/^Encoding/, /^Windows-1251/);
    await expect(log.lines).toContainText("Привет");
    await app.page.keyboard.press("Escape");
    await menu(/^Encoding/, /^CP866/);
    await expect(log.lines).not.toContainText("Привет");
    await app.page.keyboard.press("Escape");

    await menu(/^Keep this log/);
    await log.button("More about this log").click();
    await expect(app.page.getByRole("menuitem", { name: /^Do not keep this log/ })).toBeVisible();
  });

  test("shows a line of a megabyte cut, more of it step by step, and copies it whole", async ({ app }) => {
    await app.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await addAgent(app.program, { name: "wide", script: `console.log("a".repeat(1_000_000) + "END");` });
    const { log } = await runToLog(app, "wide");
    await log.lines.getByRole("button", { name: /more characters/ }).click();
    await expect(log.lines.getByRole("button", { name: /more \(.* of 977\sKiB\)/ })).toBeVisible();
    const shown = async () => ((await log.lines.textContent()) ?? "").length;
    await expect.poll(shown).toBeGreaterThan(60_000);
    await log.lines.getByRole("button", { name: /more \(/ }).click();
    await expect.poll(shown).toBeGreaterThan(120_000);

    await log.lines.getByText("1", { exact: true }).first().click();
    await log.lines.press("c");
    await expect
      .poll(() => app.page.evaluate(async () => (await navigator.clipboard.readText()).length))
      .toBe(1_000_003);
  });
});
