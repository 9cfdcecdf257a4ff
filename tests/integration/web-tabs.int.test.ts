import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { expect, test } from "vitest";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "#tests/helpers/installed-browser.ts";
import { createProgram } from "#tests/helpers/program.ts";

test("a second tab goes on with the session of the first, a browser of its own has to sign in", async () => {
  await using program = await createProgram();
  await using served = await program.serve();
  await using browser = await openBrowser();
  await using stranger = await openBrowser();
  const first = await browser.context.newPage();
  await first.goto(served.signIn);
  await shell(first).waitFor();

  const copied = await browser.context.newPage();
  await copied.goto(`${served.url}runs`);
  await shell(copied).waitFor();
  const opened = browser.context.waitForEvent("page");
  await shell(copied)
    .getByRole("link")
    .first()
    .click({ modifiers: ["Control"] });
  await shell(await opened).waitFor();
  const elsewhere = await stranger.context.newPage();
  await elsewhere.goto(served.url);
  await elsewhere.getByText("pilothouse open").waitFor();

  expect(await shell(elsewhere).count()).toBe(0);
});

test("a tab that is left open goes on after the core was killed, and hands its session on again", async () => {
  await using program = await createProgram();
  const first = await program.serve();
  await using browser = await openBrowser();
  const page = await browser.context.newPage();
  await page.goto(first.signIn);
  await shell(page).waitFor();
  // Parts of the program that are loaded late are here by then.
  await page.waitForLoadState("networkidle");

  first.command.kill("SIGKILL");
  await first.command.result;
  await banner(page).waitFor();
  await using second = await program.serve();
  await banner(page).waitFor({ state: "detached" });
  await page.reload();
  await shell(page).waitFor();
  const other = await browser.context.newPage();
  await other.goto(second.url);
  await shell(other).waitFor();

  expect(new URL(page.url()).origin).toBe(new URL(second.url).origin);
});

function shell(page: Page) {
  return page.getByRole("navigation", { name: "Main navigation" });
}

/** The line that says since when the core is gone. */
function banner(page: Page) {
  return page.getByText("The Pilothouse core is not answering.");
}

async function openBrowser(): Promise<{ readonly context: BrowserContext } & AsyncDisposable> {
  const executablePath = findInstalledBrowser();
  if (executablePath === null) throw new Error("no browser is installed");
  const profile = await mkdtemp(join(tmpdir(), "pilothouse-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [...TEST_BROWSER_FLAGS],
    locale: "en-US",
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
