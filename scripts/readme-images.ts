import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { serveDemo } from "../tests/helpers/demo-core.ts";
import { demoRuns } from "../tests/helpers/demo-data.ts";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "../tests/helpers/installed-browser.ts";

/** Takes the two pictures of the README: `node scripts/readme-images.ts [--assets DIR]`; the page has to be built. */

const FOLDER = resolve(import.meta.dirname, "..", "docs", "images");
const RUN = demoRuns(1).find((run) => run.agent === "price-watcher" && run.state === "running");

async function shoot(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("contentinfo").waitFor();
  await page.waitForLoadState("networkidle");
  // Charts draw on the frame after their data came.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(FOLDER, name) });
}

const executablePath = findInstalledBrowser();
if (executablePath === null || RUN === undefined) {
  console.error("needs an installed Chromium");
  process.exitCode = 2;
} else {
  const assetsAt = process.argv.indexOf("--assets");
  const assets = assetsAt < 0 ? "dist/renderer" : (process.argv[assetsAt + 1] ?? "");
  await mkdir(FOLDER, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: [...TEST_BROWSER_FLAGS] });
  const settings = { language: "en", colorScheme: "light", hasSeenWelcome: true } as const;
  const server = await serveDemo({ scenario: "full", settings }, resolve(assets));
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  await page.goto(server.createSignInLink());
  await page.getByRole("contentinfo").waitFor();
  await shoot(page, new URL("/bridge", server.url).href, "bridge.png");
  await shoot(page, new URL(`/runs/${RUN.id}`, server.url).href, "run.png");
  await browser.close();
  await server.close();
}
