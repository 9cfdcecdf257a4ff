import type { Browser } from "@playwright/test";
import { type Chromium, launchChromium } from "#tests/desktop-standin/chromium.ts";

/**
 * The browsers of one Playwright worker, each started by the first spec that needs it: a browser takes longer to
 * start than most specs take, and specs share none of its storage, because each has a profile of its own in it.
 */
export class WorkerBrowsers implements AsyncDisposable {
  readonly #launchTabs: () => Promise<Browser>;
  #tabs: Promise<Browser> | null = null;
  #windows: Promise<Chromium> | null = null;

  constructor(launchTabs: () => Promise<Browser>) {
    this.#launchTabs = launchTabs;
  }

  /** For the web entry. */
  tabs(): Promise<Browser> {
    this.#tabs ??= this.#launchTabs();
    return this.#tabs;
  }

  /** For the windows of the desktop: where the browser of its stand-in listens. */
  async windows(): Promise<string> {
    this.#windows ??= launchChromium();
    return (await this.#windows).endpoint;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#tabs)?.close();
    await (await this.#windows)?.close();
  }
}
