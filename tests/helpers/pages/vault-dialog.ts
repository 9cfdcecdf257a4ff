import { expect, type Locator, type Page } from "@playwright/test";

/** Where secrets are kept, as a dialog over any screen. */
export class VaultDialog {
  readonly #page: Page;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.dialog = page.getByRole("dialog", { name: "Where secrets are kept" });
  }

  /** The vault's item of the status bar. */
  get status(): Locator {
    return this.#page.getByRole("contentinfo").getByRole("button", { name: /^Vault:/ });
  }

  /** What opens when the item is clicked. */
  get explained(): Locator {
    return this.#page.getByRole("dialog", { name: /^Vault:/ });
  }

  async is(state: string): Promise<void> {
    await expect(this.status).toHaveText(`Vault: ${state}`);
  }

  /** Makes a passphrase vault by hand, from the status bar. */
  async create(passphrase: string): Promise<void> {
    await this.status.click();
    await this.explained.getByRole("button", { name: /^(Set up…|See what to do)$/ }).click();
    await this.dialog.getByRole("radio", { name: "Passphrase vault" }).click();
    await this.dialog.getByLabel("New passphrase").fill(passphrase);
    await this.dialog.getByLabel("The same passphrase again").fill(passphrase);
    await this.dialog.getByRole("button", { name: "Create vault" }).click();
    await this.is("Unlocked");
    await this.close();
  }

  async unlock(passphrase: string): Promise<void> {
    await this.dialog.getByRole("textbox", { name: "Passphrase" }).fill(passphrase);
    await this.dialog.getByRole("button", { name: "Unlock", exact: true }).click();
  }

  async close(): Promise<void> {
    await this.dialog.getByRole("button", { name: "Close" }).click();
    await expect(this.dialog).toBeHidden();
  }
}
