import { expect, type Locator, type Page } from "@playwright/test";

/** The frame around every screen. */
export class Shell {
  readonly #page: Page;
  readonly rail: Locator;
  readonly status: Locator;
  readonly palette: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.rail = page.getByRole("navigation", { name: /Main navigation|Основная навигация/ });
    this.status = page.getByRole("contentinfo");
    this.palette = page.getByRole("dialog", { name: /^(Commands|Команды)$/ });
  }

  /** Opens the command palette, types, and takes the entry with this name. */
  async command(typed: string, name: string): Promise<void> {
    await this.#page.keyboard.press("Control+k");
    await this.palette.getByRole("textbox").or(this.palette.getByRole("combobox")).first().fill(typed);
    await expect(this.entry(name)).toBeVisible();
    await this.entry(name).click();
    await expect(this.palette).toBeHidden();
  }

  entry(name: string): Locator {
    return this.palette.getByRole("button", { name }).or(this.palette.getByRole("option", { name })).first();
  }

  /** Presses Tab until `target` has the focus; fails when it never gets it. */
  async tabTo(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    for (let pressed = 0; pressed < 80; pressed += 1) {
      if (await target.evaluate((node) => node === document.activeElement)) return;
      await this.#page.keyboard.press("Tab");
    }
    throw new Error("the keyboard does not reach it");
  }
}
