import { expect, type Locator, type Page } from "@playwright/test";
import { LogPane } from "./log-pane.ts";

/** The page of one run. */
export class RunPage {
  readonly #page: Page;
  readonly log: LogPane;
  readonly main: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.main = page.getByRole("main");
    this.log = new LogPane(page);
  }

  /** Part of the address that names the run. */
  get id(): string {
    return new URL(this.#page.url()).pathname.split("/").at(-1) ?? "";
  }

  async isOf(agent: string): Promise<void> {
    await expect(this.main.getByRole("heading", { level: 1, name: agent })).toBeVisible();
  }

  /** Waits for a state, as the head of the page says it. */
  async is(state: string): Promise<void> {
    await expect(this.main.getByRole("status").getByText(state, { exact: true })).toBeVisible();
  }

  button(name: string): Locator {
    return this.main.getByRole("button", { name, exact: true });
  }

  async openTab(name: string): Promise<Locator> {
    await this.main.getByRole("tab", { name }).click();
    return this.main.getByRole("tabpanel", { name });
  }

  async forceStop(): Promise<void> {
    await this.button("More ways to stop").click();
    await this.#page.getByRole("menuitem", { name: /Force stop/ }).click();
    const question = this.#page.getByRole("dialog", { name: "Force stop?" });
    await question.getByRole("button", { name: "Force stop" }).click();
  }
}
