import { defineConfig } from "@playwright/test";
import type { EntryOptions } from "./tests/helpers/e2e.ts";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "./tests/helpers/installed-browser.ts";

const executablePath = findInstalledBrowser();

export default defineConfig<EntryOptions>({
  testDir: "tests/e2e",
  testMatch: "**/*.e2e.ts",
  outputDir: "test-results",
  // Every spec starts a core of its own on an empty data folder, so any two may run side by side.
  fullyParallel: true,
  // One more than a small machine has processors, because a spec waits for engines, timers and disks as well.
  workers: 3,
  retries: 0,
  forbidOnly: true,
  // Far more than a spec takes, so that a machine that is busy with something else fails none.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    // Without a picture of the page at every step, which is a fifth of the time: a failure tells what was on the page.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false, sources: false },
    launchOptions: {
      args: [...TEST_BROWSER_FLAGS],
      ...(executablePath === null ? {} : { executablePath }),
    },
  },
  // Every spec runs on the desktop, but for what only a browser has (sign-in links, ports), which is tagged @web. On the
  // web entry run these and those tagged @both: what differs between the entries, and one spec of each screen.
  // See docs/decisions/0047-one-entry-for-most-specs.md.
  projects: [
    { name: "web", use: { entry: "web" }, grep: /@web|@both/ },
    { name: "desktop", use: { entry: "desktop" }, grepInvert: /@web/ },
  ],
});
