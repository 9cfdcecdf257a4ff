import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";
import { VaultDialog } from "#tests/helpers/pages/vault-dialog.ts";

const PASSPHRASE = "seven boats at the quay";

test("a run that waits for a person tells so outside of the window, and the notice leads to what mends it", {
  tag: "@desktop",
}, async ({ desktopApp: { desktop, page, program, open } }) => {
  await addAgent(program, {
    name: "ferry",
    script: `console.log("token of " + (process.env.SHOP_TOKEN ?? "").length);`,
    more: "credentials: [{ name: shop, env: { token: SHOP_TOKEN } }]",
  });
  await open("/credentials");
  const vault = new VaultDialog(page);
  await vault.create(PASSPHRASE);
  await page.getByRole("button", { name: "Add credential" }).click();
  const add = page.getByRole("dialog", { name: "Add a credential" });
  await add.getByLabel("Name").fill("shop");
  await add.getByRole("textbox", { name: "Token" }).fill("tok-4f1c99ab77d2");
  await add.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Allow ferry" }).click();
  await vault.status.click();
  await vault.explained.getByRole("button", { name: "Show the stores" }).click();
  await vault.dialog.getByRole("button", { name: "Lock", exact: true }).click();
  await vault.is("Locked");
  await vault.close();

  await desktop.act("window.blur");
  await program.json(["run", "ferry"]);
  const { title } = await desktop.until("notification");
  expect(title).toBe("ferry needs you");
  await expect(page.getByRole("button", { name: /needs? a person/ })).toBeVisible();
  await desktop.act("notification.click");

  const run = new RunPage(page);
  await run.is("Needs attention");
  await run.button("Open the vault…").click();
  await vault.unlock(PASSPHRASE);
  await vault.is("Unlocked");
  await vault.close();
  await run.is("Succeeded");
  await expect(run.log.lines).toContainText("token of 16");
});
