/** Finds an installed browser, starts it without a window, and starts another one when it hangs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How often one thing is done, each time but the first in a new browser. */
const ATTEMPTS = 3;
const OPEN_MS = 30_000;
/** A browser that has not ended by then is left; what is left of it ends with this program. */
const CLOSE_MS = 5_000;

const PLACES = {
  linux: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/microsoft-edge",
    "/snap/bin/chromium",
  ],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"].flatMap(
    (program) => ["C:\\Program Files", "C:\\Program Files (x86)"].map((folder) => join(folder, program)),
  ),
};

/** The program file of a browser; null when none is found. */
export function findBrowser() {
  const wanted = process.env.BROWSER_PATH ?? "";
  if (wanted !== "") return existsSync(wanted) ? wanted : null;
  return (PLACES[process.platform] ?? []).find((place) => existsSync(place)) ?? null;
}

/**
 * playwright-core is put into `vendor` when the sample is added, so that the agent is complete in itself.
 * In a folder of your own, `npm install playwright-core` serves as well.
 */
async function loadPlaywright() {
  try {
    return await import("./vendor/playwright-core/index.mjs");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    return import("playwright-core");
  }
}

async function startBrowser(executablePath) {
  const { chromium } = await loadPlaywright();
  return chromium.launch({
    executablePath,
    headless: true,
    // Not every system lets a program build Chromium's sandbox, and this agent sees no page but its own. One
    // that visits pages of others sets this to true.
    chromiumSandbox: false,
    handleSIGTERM: false,
    handleSIGINT: false,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The agent looks at its own page only; nothing else has an address for this browser.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/**
 * One page in a browser of its own. Now and then a browser stops answering, while it takes a screenshot for example,
 * or does not end when it should; a long run meets that sooner or later. So nothing here waits without a limit.
 */
export class BrowserPage {
  #options;
  /** The browser and its page; null before the first use and after a close. */
  #opened = null;

  /** `onTrouble` is told the error before something is tried again. */
  constructor({ program, viewport, limitMs, onTrouble }) {
    this.#options = { program, viewport, limitMs, onTrouble };
  }

  /**
   * Does `work` with the page and resolves to what came out. What fails or takes longer than the limit is done again
   * in a new browser, so it must not matter that it was begun before.
   */
  async do(work) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // Kept only when it came in time: one that comes late must not take the place of its successor.
        this.#opened ??= await within(OPEN_MS, this.#open());
        return await within(this.#options.limitMs, work(this.#opened.page));
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        this.#options.onTrouble(error);
        await this.close();
      }
    }
  }

  /** Ends the browser; resolves to null, or to why it did not end, which is no reason to fail. */
  async close() {
    const opened = this.#opened;
    this.#opened = null;
    return within(CLOSE_MS, opened?.browser.close()).then(
      () => null,
      (error) => error.message,
    );
  }

  async #open() {
    const { program, viewport } = this.#options;
    const browser = await startBrowser(program);
    return { browser, page: await browser.newPage({ viewport }) };
  }
}

async function within(limitMs, promise) {
  const timer = new AbortController();
  const late = sleep(limitMs, null, { signal: timer.signal }).then(() => {
    throw new Error(`The browser did not answer within ${limitMs} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
