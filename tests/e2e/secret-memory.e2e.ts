import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { findInHeap } from "#tests/helpers/heap-search.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { VaultDialog } from "#tests/helpers/pages/vault-dialog.ts";

const PASSPHRASE = "heap-passphrase-9ab1";
const TYPED = "heap-typed-4f1c99ab77d2";
const ROTATED = "heap-rotated-0c77e1";
const KEY = "heap-key-line-51d0aa";
const PRINTING_SCRIPT = `console.log("the token is " + process.env.SHOP_TOKEN);`;

/** Types as a person does; a test's own way to fill a field in would leave the value in the page's memory itself. */
async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("dialog").getByLabel(label, { exact: true }).first().focus();
  await page.keyboard.type(text);
}

// A trace keeps copies of the page, with what is typed into it, in the page's own memory.
test.use({ trace: "off" });

test.describe("the memory of the page", () => {
  // A snapshot is all of the page's memory, as text, through the debugger.
  test.describe.configure({ timeout: 240_000 });

  test("holds no secret after it was typed, stored, replaced and used", { tag: "@both" }, async ({ app }) => {
    const { page } = app;
    const uses = "credentials: [{ name: shop, env: { token: SHOP_TOKEN } }]";
    await addAgent(app.program, { name: "ferry", script: PRINTING_SCRIPT, more: uses });
    await app.open("/credentials");
    const vault = new VaultDialog(page);
    await vault.status.click();
    await vault.explained.getByRole("button", { name: /^(Set up…|See what to do)$/ }).click();
    await vault.dialog.getByRole("radio", { name: "Passphrase vault" }).click();
    await type(page, "New passphrase", PASSPHRASE);
    await type(page, "The same passphrase again", PASSPHRASE);
    await vault.dialog.getByRole("button", { name: "Create vault" }).click();
    await vault.is("Unlocked");
    await vault.close();

    await page.getByRole("button", { name: "Add credential" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a credential" });
    await dialog.getByLabel("Name").fill("shop");
    await dialog.getByRole("textbox", { name: "Token" }).focus();
    await page.keyboard.type(TYPED);
    // The twin of the search: while it is typed, it is there.
    expect(await findInHeap(page, [TYPED])).toEqual([TYPED]);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog).toBeHidden();

    const panel = page.getByRole("complementary", { name: "shop" });
    await panel
      .getByRole("button", { name: /^Replace/ })
      .first()
      .click();
    const replace = page.getByRole("dialog");
    await replace.getByRole("textbox", { name: "Token" }).focus();
    await page.keyboard.type(ROTATED);
    await replace.getByRole("button", { name: "Replace", exact: true }).click();
    await expect(replace).toBeHidden();
    await panel.getByRole("button", { name: "Allow ferry" }).click();

    await app.program.json(["run", "ferry", "--wait"]);
    await page.getByRole("link", { name: "Runs" }).first().click();
    await page.getByRole("row", { name: /ferry/ }).first().click();
    const run = new RunPage(page);
    await run.is("Succeeded");
    await expect(run.log.lines).toContainText("the token is ***");

    expect(await findInHeap(page, [PASSPHRASE, TYPED, ROTATED])).toEqual([]);
  });

  test("holds no key after a file was chosen and stored, nor one that was given up", async ({ app }) => {
    const { page } = app;
    await app.open("/credentials");
    await new VaultDialog(page).create("seven boats at the quay");
    const dialog = page.getByRole("dialog", { name: "Add a credential" });
    const open = async () => {
      await page.getByRole("button", { name: "Add credential" }).click();
      const kind = dialog.getByRole("textbox", { name: "Kind" });
      await kind
        .or(dialog.getByRole("combobox", { name: "Kind" }))
        .first()
        .click();
      await page.getByRole("option", { name: "Google key" }).click();
    };
    await open();
    await dialog.getByLabel("Name").fill("gcp");
    // On a disk, as a person's key is: a file made by the test would be in the page's memory by itself.
    const file = join(app.program.folder, "key.json");
    await writeFile(file, `{"private_key":"${KEY}"}`);
    await dialog.getByLabel("From a file").setInputFiles(file);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog).toBeHidden();
    await open();
    await dialog.getByRole("textbox", { name: "JSON" }).focus();
    await page.keyboard.type(TYPED);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await page.getByRole("link", { name: "Runs" }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();

    expect(await findInHeap(page, [KEY, TYPED])).toEqual([]);
  });
});
