import { expect, type Locator, type Page } from "@playwright/test";

/** The table of runs. */
export class RunsPage {
  readonly #page: Page;
  readonly table: Locator;
  readonly search: Locator;
  readonly selection: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole("grid", { name: "Runs" });
    this.search = page.getByRole("textbox", { name: "Id, agent or reason" });
    this.selection = page.getByRole("toolbar", { name: "Selected runs" });
  }

  /** Rows of runs, without the head; `text` is part of what they say. */
  rows(text: string | RegExp = ""): Locator {
    return this.table.getByRole("rowgroup").getByRole("row").filter({ hasText: text });
  }

  async has(count: number): Promise<void> {
    await expect(this.rows()).toHaveCount(count);
  }

  async filter(name: "State" | "Agent" | "Target", option: string): Promise<void> {
    const field = this.#page.getByRole("main").getByRole("textbox", { name, exact: true });
    await field
      .or(this.#page.getByRole("main").getByRole("combobox", { name, exact: true }))
      .first()
      .click();
    await this.#page.getByRole("option", { name: option, exact: true }).click();
  }
}
