/** Finds an installed browser and starts it without a window. */
import { existsSync } from "node:fs";
import { join } from "node:path";

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
export async function loadPlaywright() {
  try {
    return await import("./vendor/playwright-core/index.mjs");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    return import("playwright-core");
  }
}

export async function startBrowser(executablePath) {
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
