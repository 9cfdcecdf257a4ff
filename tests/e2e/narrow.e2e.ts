import type { Locator } from "@playwright/test";
import { expect, type Page, test } from "#tests/helpers/e2e.ts";
import { addAgent, WAITING_SCRIPT } from "#tests/helpers/e2e-agents.ts";

/** A window of 1280 by 800 at twice its size. */
const NARROW = { width: 640, height: 400 };

/** Three lines of a title; letter under letter it would be many more. */
const HIGHEST_TITLE_PX = 90;

/** More than any while a screen changes into another. */
async function heightOf(place: Locator): Promise<number> {
  return (await place.boundingBox())?.height ?? Number.POSITIVE_INFINITY;
}

async function gapBesideSearch(page: Page): Promise<number> {
  const search = await page.getByRole("button", { name: "Search or run a command" }).boundingBox();
  const beside = await page.getByRole("button", { name: "Open in a new window" }).boundingBox();
  return (beside?.x ?? 0) - ((search?.x ?? 0) + (search?.width ?? 0));
}

async function hiddenWidthOf(place: Locator): Promise<number> {
  return await place.evaluate((element) => element.scrollWidth - element.clientWidth);
}

test("at twice its size every screen keeps its titles, its search and its figures readable", async ({
  app,
}) => {
  const { page, program } = app;
  await addAgent(program, { name: "patient", script: WAITING_SCRIPT });
  const { id } = (await program.json(["run", "patient"])) as { id: string };
  await page.setViewportSize(NARROW);
  const addresses = ["/bridge", "/agents", "/agents/patient", "/runs", `/runs/${id}`, "/logs", "/targets"];
  const others = ["/targets/this-computer", "/credentials", "/variables", "/audit", "/settings"];
  for (const address of [...addresses, ...others]) {
    await test.step(address, async () => {
      await app.open(address);
      const title = page.getByRole("main").getByRole("heading", { level: 1 }).first();
      await expect(title).toBeVisible();
      await expect.poll(() => heightOf(title)).toBeLessThan(HIGHEST_TITLE_PX);
      await expect.poll(() => gapBesideSearch(page)).toBeGreaterThanOrEqual(0);
      await expect.poll(() => hiddenWidthOf(page.getByRole("main"))).toBe(0);
    });
  }

  // The rail has icons only, and says where they lead.
  const rail = page.getByRole("navigation", { name: "Main navigation" });
  await expect(rail.getByText("Agents", { exact: true })).toBeHidden();
  await rail.getByRole("link", { name: "Agents" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
});
