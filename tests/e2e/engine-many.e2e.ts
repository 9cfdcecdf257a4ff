import { join } from "node:path";
import { serveDemo } from "#tests/helpers/demo-core.ts";
import { expect, test } from "#tests/helpers/e2e.ts";
import { EnginePage } from "#tests/helpers/pages/engine-page.ts";
import { ensureBuilt } from "#tests/helpers/program.ts";

const ASSETS = join(import.meta.dirname, "..", "..", "dist", "renderer");
const MANY = 2_000;
/** What fits into a window, and some on either side of it. */
const MOST_ROWS = 80;

test("two thousand containers are a few rows in the page, wherever it is scrolled to @web", async ({
  browsers,
}) => {
  await ensureBuilt();
  const server = await serveDemo(
    { scenario: "full", settings: { hasSeenWelcome: true }, containerCount: MANY },
    ASSETS,
  );
  const context = await (await browsers.tabs()).newContext();
  const page = await context.newPage();
  await page.goto(server.createSignInLink());
  await page.getByRole("navigation", { name: "Main navigation" }).waitFor();
  await page.goto(new URL("/engines/docker", server.url).href);
  const { table } = new EnginePage(page);
  const shown = () => table.getByRole("rowgroup").getByRole("row");

  // The containers, two projects and those of none, and the head.
  await expect(table).toHaveAttribute("aria-rowcount", String(MANY + 3 + 1));
  expect(await shown().count()).toBeLessThan(MOST_ROWS);
  await shown().first().focus();
  await page.keyboard.press("End");
  await expect(shown().last()).toContainText("scratchpad");
  expect(await shown().count()).toBeLessThan(MOST_ROWS);
  await page.getByRole("textbox", { name: "Name, image, project, port or id" }).fill("load-1234");
  await expect(table.getByRole("row", { name: /load-1234/ })).toBeVisible();
  await expect(table).toHaveAttribute("aria-rowcount", "2");

  await context.close();
  await server.close();
});
