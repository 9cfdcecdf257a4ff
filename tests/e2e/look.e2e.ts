import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "#tests/helpers/e2e.ts";
import { addAgent, FAILING_SCRIPT, runToEnd } from "#tests/helpers/e2e-agents.ts";
import { Shell } from "#tests/helpers/pages/shell.ts";
import { createTestAuthority } from "#tests/helpers/test-authority.ts";

const ENGLISH = ["Bridge", "Agents", "Runs", "Targets", "Settings"];
const RUSSIAN = ["Мостик", "Агенты", "Запуски", "Цели", "Настройки"];

async function choose(page: Page, group: string, option: string): Promise<void> {
  await page.getByRole("radiogroup", { name: group }).getByText(option, { exact: true }).click();
}

async function background(page: Page): Promise<string> {
  return await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

test.describe("the look", () => {
  test("is English or Russian on every screen, switched without loading the page", async ({ app }) => {
    const { page } = app;
    const shell = new Shell(page);
    await addAgent(app.program, { name: "bad", script: FAILING_SCRIPT });
    await runToEnd(app.program, "bad");
    await app.open("/settings");
    await page.evaluate(() => {
      (window as { mark?: string }).mark = "same page";
    });

    await choose(page, "Language", "Русский");
    await expect(page.locator("html")).toHaveAttribute("lang", "ru");
    for (const name of RUSSIAN) {
      await shell.rail.getByRole("link", { name, exact: true }).click();
      await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    }
    await shell.rail.getByRole("link", { name: "Запуски" }).click();
    await page.getByRole("row", { name: /bad/ }).click();
    await expect(page.getByRole("main")).toContainText("Ошибка");
    await expect(page.getByRole("main")).toContainText("Завершился сам с кодом выхода 3.");
    // Every word of the page is Russian, but for names, ids and what the agent wrote.
    const tokens = ((await page.getByRole("main").textContent()) ?? "").match(/[A-Za-z0-9]{4,}/g) ?? [];
    const [run] = (await app.program.json(["runs"])) as readonly { id: string }[];
    const words = tokens.filter((token) => !/\d|^bad/.test(token) && run?.id.endsWith(token) !== true);
    expect(words.filter((word) => !["errthe", "tide", "table", "missing"].includes(word))).toEqual([]);

    await shell.command("English", "Английский язык (English)");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    for (const name of ENGLISH) {
      await shell.rail.getByRole("link", { name, exact: true }).click();
      await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
      await expect(page.getByRole("main")).not.toContainText(name === "Settings" ? /Язык/ : /[а-яё]/i);
    }
    expect(await page.evaluate(() => (window as { mark?: string }).mark)).toBe("same page");
  });

  test("is kept over a restart of the program on another port", { tag: "@both" }, async ({ app }) => {
    await app.open("/settings");
    const light = await background(app.page);
    await choose(app.page, "Theme", "Dark");
    await expect.poll(() => background(app.page)).not.toBe(light);
    await choose(app.page, "Rows", "Comfortable");
    await choose(app.page, "Language", "Русский");
    await expect(app.page.getByRole("heading", { level: 1, name: "Настройки" })).toBeVisible();
    const dark = await background(app.page);

    await app.close();
    await app.reopen();
    await app.open("/settings");

    await expect(app.page.getByRole("heading", { level: 1, name: "Настройки" })).toBeVisible();
    await expect.poll(() => background(app.page)).toBe(dark);
    await expect(app.page.getByRole("radio", { name: "Просторные" })).toBeChecked();
    await choose(app.page, "Тема", "Светлая");
    await expect.poll(() => background(app.page)).toBe(light);
  });

  test("follows the system when asked to", { tag: "@both" }, async ({ app }) => {
    await app.open("/settings");
    await choose(app.page, "Theme", "As the system");
    const light = await background(app.page);
    await app.page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => background(app.page)).not.toBe(light);
  });

  test("of a screen is the same in a second window, which a button or a command opens", {
    tag: "@both",
  }, async ({ app }) => {
    await app.open("/runs?state=failed");
    const opened = app.page.context().waitForEvent("page");
    await app.page.getByRole("button", { name: "Open in a new window" }).click();
    const second = await opened;

    await expect(second.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
    expect(new URL(second.url()).pathname + new URL(second.url()).search).toBe("/runs?state=failed");
    await expect(second.getByRole("contentinfo")).toContainText("Core: Connected");

    const third = app.page.context().waitForEvent("page");
    await new Shell(app.page).command("Open this screen", "Open this screen in a new window");
    await expect((await third).getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  });

  test("of the rail is folded and stays so", async ({ app }) => {
    await app.open("/bridge");
    const { rail } = new Shell(app.page);
    await rail.getByRole("button", { name: "Collapse the navigation" }).click();
    await expect(rail.getByText("Agents", { exact: true })).toBeHidden();
    await app.page.reload();
    await expect(rail.getByRole("button", { name: "Expand the navigation" })).toBeVisible();
    await rail.getByRole("link", { name: "Agents" }).click();
    await expect(app.page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
  });
});

test.describe("the settings", () => {
  test("list what the doctor found, each with a word, and look again when asked", async ({ app }) => {
    await app.open("/settings");
    const main = app.page.getByRole("main");
    for (const check of ["Data folder", "Disk space", "Database", "SQLite", "Node", "Python"]) {
      const item = main.getByRole("listitem").filter({ hasText: check }).first();
      await expect(item).toContainText(/Fine|Warning|Does not work/);
    }
    await main.getByRole("button", { name: "Look again" }).click();
    await expect(main.getByRole("button", { name: "Look again" })).toBeEnabled();
    await expect(main).toContainText(app.program.data);
    await main.getByRole("link", { name: "Show" }).click();
    await expect(app.page.getByRole("heading", { name: "Welcome to Pilothouse" })).toBeVisible();
  });

  test("of the network are checked before they are stored, and are there again afterwards", async ({
    app,
  }) => {
    await app.open("/settings");
    const { page } = app;
    const file = join(app.program.folder, "own.pem");
    await page.getByRole("textbox", { name: "Proxy", exact: true }).fill("http://kim:secret@proxy.example");
    await expect(page.getByText("Not an address of the form http://host:port")).toBeVisible();
    await page.getByRole("textbox", { name: "Proxy", exact: true }).fill("http://proxy.example:3128");
    await page.getByRole("textbox", { name: "Without the proxy" }).fill("build.example, http://x");
    await expect(page.getByText("Not a host: http://x")).toBeVisible();
    await page.getByRole("textbox", { name: "Without the proxy" }).fill("build.example, .corp.example");
    await page.getByRole("textbox", { name: "Certificates of your own" }).fill(file);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert")).toContainText(`The certificates in ${file} cannot be used`);

    await writeFile(file, createTestAuthority().certificate);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Network settings saved")).toBeVisible();
    await app.open("/settings");

    await expect(page.getByRole("textbox", { name: "Proxy", exact: true })).toHaveValue(
      "http://proxy.example:3128",
    );
    await expect(page.getByRole("textbox", { name: "Without the proxy" })).toHaveValue(
      "build.example, .corp.example",
    );
    await expect(page.getByRole("textbox", { name: "Certificates of your own" })).toHaveValue(file);
  });

  test("of a target are what was found on it", { tag: "@both" }, async ({ app }) => {
    await app.open("/targets");
    await app.page.getByRole("row", { name: /This computer/ }).click();
    const main = app.page.getByRole("main");
    await expect(main).toContainText("What was found");
    await expect(main).toContainText("Runs go on while Pilothouse is closed");
    await expect(main).toContainText("Nothing runs here now.");
    await main.getByRole("button", { name: "Look again" }).click();
    await expect(app.page.getByText("This computer was looked at")).toBeVisible();
  });
});
