import type { BrowserContext, Page } from "@playwright/test";

/** The web entry, and the desktop's own scheme as the stand-in shows it to its browser; Electron shows `app:`. */
const OWN_HOSTS: readonly string[] = ["127.0.0.1", "pilothouse.app.standin.invalid"];

/** What a browser says of a core that dies, also in the middle of a file that it was sending. */
export const LOST_CONNECTION =
  /WebSocket connection to .* failed|ERR_(?:CONNECTION_(?:REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/;

/** Everything a page did that a good page does not do. A spec that provokes some of it says so beforehand. */
export class PageWatch {
  readonly #seen: string[] = [];
  readonly #expected: RegExp[] = [];

  /** Problems that match are part of what the spec shows. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  unexpected(): readonly string[] {
    return this.#seen.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)));
  }

  /**
   * Sees every page of the context from now on. What breaks the content policy or Trusted Types is among the errors
   * of the console, where Chromium writes each of them.
   */
  attach(context: BrowserContext): void {
    context.on("page", (page) => this.#watch(page));
    for (const page of context.pages()) this.#watch(page);
  }

  #watch(page: Page): void {
    page.on("console", (message) => {
      const isBad = ["error", "warning", "assert"].includes(message.type());
      if (isBad) this.#add(`console ${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#add(`page error: ${error.stack ?? error.message}`));
    page.on("crash", () => this.#add("the page crashed"));
    page.on("download", (download) => this.#add(`download: ${download.suggestedFilename()}`));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const isOurs = OWN_HOSTS.includes(hostname) || ["app:", "blob:", "data:", "about:"].includes(protocol);
      if (!isOurs) this.#add(`request to ${request.url()}`);
    });
  }

  #add(problem: string): void {
    this.#seen.push(problem);
  }
}
