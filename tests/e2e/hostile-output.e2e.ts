import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import {
  endMark,
  HOSTILE_OUTPUT,
  hostileBytes,
  PRINTING_FILE,
  whatActs,
} from "#tests/helpers/hostile-output.ts";
import { AgentPage } from "#tests/helpers/pages/agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

/** Elements that the log itself is made of. */
const OWN_ELEMENTS = ["DIV", "SPAN", "BUTTON", "svg", "path"];

test.describe("hostile output on the page", () => {
  test("is text from its first to its last line, and nothing happens", async ({ app }) => {
    test.setTimeout(120_000);
    const { page } = app;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const folder = await addAgent(app.program, { name: "hostile", script: PRINTING_FILE });
    await writeFile(path.join(folder, "output.bin"), hostileBytes());
    await app.open("/agents/hostile");
    await page.evaluate(() => navigator.clipboard.writeText("mine"));
    await new AgentPage(page).start.click();
    const run = new RunPage(page);
    await run.is("Succeeded");
    await run.log.isComplete();
    const title = await page.title();
    const happened: string[] = [];
    page.on("dialog", (dialog) => {
      happened.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("popup", (popup) => happened.push(`popup ${popup.url()}`));
    page.on("download", (download) => happened.push(`download ${download.url()}`));
    page.on("framenavigated", (frame) => happened.push(`navigation ${frame.url()}`));
    // The program fetches its own screens ahead while it idles, whatever the output.
    const ownAssets = new URL("/assets/", page.url()).href;
    page.on("request", (request) => {
      if (!request.url().startsWith(ownAssets)) happened.push(`request ${request.url()}`);
    });

    const seen = new Set<string>();
    const elements = new Set<string>();
    await run.log.lines.focus();
    await run.log.lines.press("Home");
    await expect(run.log.lines).toContainText(endMark(0));
    const last = endMark(HOSTILE_OUTPUT.length - 1);
    while (!seen.has(last)) {
      const before = seen.size;
      const shown = await run.log.lines.evaluate((log) => ({
        text: log.textContent ?? "",
        elements: [...log.querySelectorAll("*")].map(({ tagName }) => tagName),
        addresses: [...log.querySelectorAll("[href], [src], [action], [onclick], [style*=url]")].length,
      }));
      expect(shown.addresses).toBe(0);
      expect(whatActs(Buffer.from(shown.text.replaceAll("\u200d", "").replaceAll("\ufe0f", "")))).toBeNull();
      for (const element of shown.elements) elements.add(element);
      for (const [mark] of shown.text.matchAll(/;end \d{3}/g)) seen.add(mark);
      if (seen.has(last)) break;
      await run.log.lines.press("PageDown");
      if (seen.size === before) await run.log.lines.press("End");
    }

    expect([...elements].filter((name) => !OWN_ELEMENTS.includes(name))).toEqual([]);
    expect(happened.filter((event) => !event.startsWith("navigation"))).toEqual([]);
    expect(await page.title()).toBe(title);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("mine");
    await expect(page).toHaveURL(new RegExp(`/runs/${run.id}(\\?.*)?$`));
    expect(await page.evaluate(() => "polluted" in {})).toBe(false);
  });

  test("twin: what is for pages does act where it is taken for HTML", async ({ browser }) => {
    const context = await browser.newContext();
    const happened: string[] = [];
    await context.route("**/*", (route) => {
      happened.push(`request ${route.request().url()}`);
      return route.abort();
    });
    const inert: string[] = [];
    for (const { bytes, name } of HOSTILE_OUTPUT.filter(({ isForPages }) => isForPages)) {
      // A page for each, left open: what one does comes late, and must not meet the beginning of the next.
      const page = await context.newPage();
      page.on("dialog", (dialog) => {
        happened.push("dialog");
        // The page that asked may have been left meanwhile, and its question with it.
        dialog.dismiss().catch(() => undefined);
      });
      // One that leads away at once leaves nothing to count.
      const added = await page
        .evaluate((html) => {
          document.body.innerHTML = html;
          return document.body.querySelectorAll("*").length;
        }, bytes.toString())
        .catch(() => 1);
      if (added === 0) inert.push(name);
    }
    await expect.poll(() => happened).toContain("dialog");
    await expect.poll(() => happened).toContain("request https://evil.example/track.png");
    expect(inert).toEqual([]);
    await context.close();
  });
});
