import { expect, type Locator, type Page } from "@playwright/test";

/** The page of a container engine. */
export class EnginePage {
  readonly #page: Page;
  readonly table: Locator;
  readonly selection: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole("grid", { name: "Containers" });
    this.selection = page.getByRole("toolbar", { name: "Selected containers" });
  }

  /** Rows of containers and headings of groups; `text` is part of what they say. */
  rows(text: string | RegExp = ""): Locator {
    return this.table.getByRole("rowgroup").getByRole("row").filter({ hasText: text });
  }

  /** Chooses from the menu of a row. */
  async act(name: string, action: string): Promise<void> {
    await this.rows(name)
      .getByRole("button", { name: `More for ${name}` })
      .click();
    await this.#page.getByRole("menuitem", { name: action, exact: true }).click();
  }

  async says(text: string): Promise<void> {
    await expect(this.#page.getByText(text, { exact: true })).toBeVisible();
  }
}
