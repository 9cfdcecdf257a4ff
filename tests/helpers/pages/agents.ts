import { expect, type Locator, type Page } from "@playwright/test";

/** Adding agents, from any screen. */
export class AddDialog {
  readonly dialog: Locator;
  readonly folder: Locator;
  readonly submit: Locator;
  readonly folders: Locator;

  constructor(page: Page) {
    this.dialog = page.getByRole("dialog", { name: "Add an agent" });
    this.folder = this.dialog.getByRole("textbox", { name: "Folder of the agent" });
    this.submit = this.dialog.getByRole("button", { name: "Add agent" });
    this.folders = this.dialog.getByRole("list", { name: "Folders" });
  }

  async addSample(sample: string): Promise<void> {
    await this.dialog.getByRole("tab", { name: "Samples" }).click();
    await this.dialog.getByRole("button", { name: `Add ${sample}` }).click();
  }
}

/** The dialog that asks for a run's input. */
export class StartDialog {
  readonly dialog: Locator;
  readonly submit: Locator;

  constructor(page: Page, agent: string) {
    this.dialog = page.getByRole("dialog", { name: `Start ${agent}` });
    this.submit = this.dialog.getByRole("button", { name: "Start", exact: true });
  }

  field(label: string): Locator {
    const text = this.dialog.getByRole("textbox", { name: label });
    return text.or(this.dialog.getByRole("combobox", { name: label })).first();
  }

  async choose(label: string, option: string): Promise<void> {
    await this.field(label).click();
    await this.dialog.page().getByRole("option", { name: option, exact: true }).click();
  }

  async useMode(mode: "Form" | "JSON"): Promise<void> {
    await this.dialog
      .getByRole("radiogroup", { name: "How to enter the input" })
      .getByText(mode, { exact: true })
      .click();
  }
}

/** The page of one agent. */
export class AgentPage {
  readonly main: Locator;
  readonly start: Locator;

  constructor(page: Page) {
    this.main = page.getByRole("main");
    this.start = this.main.getByRole("button", { name: "Start", exact: true });
  }

  async isOf(agent: string): Promise<void> {
    await expect(this.main.getByRole("heading", { level: 1, name: agent })).toBeVisible();
  }

  async openTab(name: string): Promise<Locator> {
    await this.main.getByRole("tab", { name }).click();
    return this.main.getByRole("tabpanel", { name });
  }
}
