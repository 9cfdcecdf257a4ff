import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { VaultDialog } from "#tests/helpers/pages/vault-dialog.ts";

const PASSPHRASE = "seven boats at the quay";
const SECRET = "tok-4f1c99ab77d2";
const USES_SHOP = "credentials: [{ name: shop, env: { token: SHOP_TOKEN } }]";
/** Says whether it got the token, and prints it as a careless agent would. */
const PRINTING_SCRIPT = `
const token = process.env.SHOP_TOKEN ?? "";
console.log("the token has " + token.length + " characters");
console.log("the token is " + token);
`;

async function addToken(page: Page, value: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Add a credential" });
  await dialog.getByLabel("Name").fill("shop");
  await dialog.getByRole("textbox", { name: "Token" }).fill(value);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog).toBeHidden();
}

test.describe("a credential", () => {
  test("is typed in, allowed at the first run, handed over and masked, and never comes back", {
    tag: "@both",
  }, async ({ app }) => {
    const { page } = app;
    await addAgent(app.program, { name: "ferry", script: PRINTING_SCRIPT, more: USES_SHOP });
    await app.open("/agents/ferry");
    await new VaultDialog(page).create(PASSPHRASE);
    await expect(page.getByRole("list", { name: "What the agent is given" })).toContainText("not there");
    await page.getByRole("button", { name: "Add shop" }).click();
    await addToken(page, SECRET);
    await expect(page.getByRole("complementary", { name: "shop" })).toContainText("ferry names it");

    await app.open("/agents/ferry");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const question = page.getByRole("dialog", { name: "Let ferry use this?" });
    await expect(question).toContainText("shop");
    await question.getByRole("button", { name: "Allow and start" }).click();

    const run = new RunPage(page);
    await run.isOf("ferry");
    await run.is("Succeeded");
    await expect(run.log.lines).toContainText(`the token has ${SECRET.length} characters`);
    expect(await page.content()).not.toContain(SECRET);

    await app.open("/credentials/shop");
    await expect(page.getByRole("complementary", { name: "shop" })).toContainText("ferry on this computer");
    expect(await page.content()).not.toContain(SECRET);
  });

  test("that is not allowed stays unused when the person says no", async ({ app }) => {
    const { page } = app;
    await addAgent(app.program, { name: "ferry", script: PRINTING_SCRIPT, more: USES_SHOP });
    await app.open("/credentials");
    await new VaultDialog(page).create(PASSPHRASE);
    await page.getByRole("button", { name: "Add credential" }).click();
    await addToken(page, SECRET);
    await app.open("/agents/ferry");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

    await expect(page.getByRole("alert").first()).toContainText("start.credential_not_allowed");
    expect(await app.program.json(["runs"])).toEqual([]);
  });

  test("in a locked vault holds the run until the vault is opened; a wrong passphrase is said", async ({
    app,
  }) => {
    const { page } = app;
    await addAgent(app.program, { name: "ferry", script: PRINTING_SCRIPT, more: USES_SHOP });
    await app.open("/credentials");
    const vault = new VaultDialog(page);
    await vault.create(PASSPHRASE);
    await page.getByRole("button", { name: "Add credential" }).click();
    await addToken(page, SECRET);
    await page.getByRole("button", { name: "Allow ferry" }).click();
    await vault.status.click();
    await vault.explained.getByRole("button", { name: "Show the stores" }).click();
    await vault.dialog.getByRole("button", { name: "Lock", exact: true }).click();
    await vault.is("Locked");

    await app.open("/agents/ferry");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const run = new RunPage(page);
    await run.is("Needs attention");
    await run.button("Open the vault…").click();
    await expect(vault.dialog.getByRole("textbox", { name: "Passphrase" })).toBeFocused();
    await vault.unlock("not the passphrase");
    await expect(vault.dialog.getByRole("alert")).toContainText("passphrase");
    await expect(vault.dialog.getByRole("textbox", { name: "Passphrase" })).toHaveValue("");
    await expect(async () => {
      await vault.unlock(PASSPHRASE);
      await vault.is("Unlocked");
    }).toPass();
    await vault.close();
    await run.is("Succeeded");
  });

  test("is deleted only after naming the agents that use it", async ({ app }) => {
    const { page } = app;
    await addAgent(app.program, { name: "ferry", script: PRINTING_SCRIPT, more: USES_SHOP });
    await app.open("/credentials");
    await new VaultDialog(page).create(PASSPHRASE);
    await page.getByRole("button", { name: "Add credential" }).click();
    await addToken(page, SECRET);

    await page.getByRole("button", { name: "Delete…" }).click();
    const question = page.getByRole("dialog", { name: "Delete shop?" });
    await expect(question).toContainText("1 agent will not start without it: ferry");
    await question.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("heading", { name: "No credentials yet" })).toBeVisible();
  });

  test("comes from a .env file with a preview, and the file is deleted when asked", async ({ app }) => {
    const { page } = app;
    const file = join(app.program.folder, ".env");
    await writeFile(file, `SHOP_TOKEN=${SECRET}\nexport MAIL_PASSWORD="two words here"\n`);
    await app.open("/credentials");
    await new VaultDialog(page).create(PASSPHRASE);
    await page.getByRole("button", { name: "Import a .env file" }).click();
    const dialog = page.getByRole("dialog", { name: "Import from a .env file" });
    await dialog.getByLabel("File on this computer").fill(file);
    await expect(dialog).toContainText("→ shop-token · token");
    const deletes = dialog.getByRole("checkbox", { name: "Delete the file afterwards" });
    await deletes.check();
    await dialog.getByRole("checkbox", { name: "MAIL_PASSWORD" }).uncheck();
    // The value that is left out would be lost.
    await expect(deletes).toBeDisabled();
    await expect(deletes).not.toBeChecked();
    await dialog.getByRole("checkbox", { name: "MAIL_PASSWORD" }).check();
    await dialog.getByRole("button", { name: "Import 2 values" }).click();

    await expect(page.getByRole("row", { name: /shop-token/ })).toBeVisible();
    expect(await page.content()).not.toContain(SECRET);
    // The answer comes after the file is gone; the row before.
    await expect(dialog).toBeHidden();
    expect(existsSync(file)).toBe(false);
  });
});
