import { expect, type Locator, type Page } from "@playwright/test";

/** A line as the window shows it. */
export interface ShownLine {
  readonly number: number;
  readonly text: string;
}

/** The log of a run's page. */
export class LogPane {
  readonly view: Locator;
  readonly lines: Locator;
  readonly toolbar: Locator;
  readonly findField: Locator;
  /** Asks which line or time to go to. */
  readonly prompt: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.view = page.getByRole("region", { name: "Log", exact: true });
    this.lines = page.getByRole("log", { name: "Log" });
    this.toolbar = page.getByRole("toolbar", { name: "Log tools" });
    this.findField = this.toolbar.getByRole("textbox", { name: "Find" });
    this.prompt = this.view.getByRole("textbox", { name: /Go to line/ });
  }

  /** Opens the filter, lets `fill` put something into it, and leaves it. */
  async addFilter(fill: (form: Locator) => Promise<void>): Promise<void> {
    await this.button(/^(Filter|\d+ filters?)$/).click();
    const form = this.#page.getByRole("dialog", { name: "Filter" });
    await fill(form);
    await this.#page.keyboard.press("Escape");
    await expect(form).toBeHidden();
  }

  button(name: string | RegExp): Locator {
    return this.toolbar.getByRole("button", { name });
  }

  /** Waits until nothing more will come, and everything that came is known to the window. */
  async isComplete(): Promise<void> {
    await expect(this.toolbar).toContainText("Complete");
  }

  /** Lines that are in the document now, with their numbers; the counter agent's only. */
  async shownTicks(): Promise<readonly { readonly number: number; readonly tick: number }[]> {
    // Row by row: of a row that is still being read only its number is there, and would run into that of the next.
    const rows = await this.lines.evaluate((log) =>
      [...log.querySelectorAll("[data-stream]")].map(({ textContent }) => textContent),
    );
    return rows
      .flatMap((text) => [...text.matchAll(/^(\d+)tick (\d{5});/g)])
      .map(([, number, tick]) => ({ number: Number(number), tick: Number(tick) }));
  }

  /** Waits until the log shows the counter's line `tick` or a later one. */
  async reaches(tick: number): Promise<void> {
    await expect
      .poll(async () => Math.max(0, ...(await this.shownTicks()).map((shown) => shown.tick)))
      .toBeGreaterThanOrEqual(tick);
  }

  /**
   * Walks through the whole log with the keyboard, from the first line to line `last`.
   * The tick each line shows, by line number; throws when a line ever shows two.
   */
  async walk(last: number): Promise<ReadonlyMap<number, number>> {
    const seen = new Map<number, number>();
    await this.lines.focus();
    await this.lines.press("Home");
    await expect(this.lines).toContainText("tick 00001;");
    for (;;) {
      await this.#areRead();
      for (const { number, tick } of await this.shownTicks()) {
        if ((seen.get(number) ?? tick) !== tick) throw new Error(`line ${number} is two lines`);
        seen.set(number, tick);
      }
      if (seen.has(last)) return seen;
      const reached = Math.max(...seen.keys());
      await this.lines.press("PageDown");
      // The view has moved once a line is there that was not seen before.
      await expect
        .poll(async () => Math.max(...(await this.shownTicks()).map(({ number }) => number)))
        .toBeGreaterThan(reached);
    }
  }

  /** Waits until every row in the document has its line: they are asked for in stretches, which come in any order. */
  async #areRead(): Promise<void> {
    await expect(this.lines.locator("[data-missing]")).toHaveCount(0);
  }
}
