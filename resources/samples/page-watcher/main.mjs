/**
 * Looks through a shop in a real browser for the best offer.
 *
 * Shows what an autonomous agent needs: a goal instead of a script, a loop of looking, deciding and acting, a
 * budget of steps, and a screenshot of every step. The shop is its own (shop.mjs), so no network is needed.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BrowserPage, findBrowser } from "./browser.mjs";
import { openShop } from "./shop.mjs";

/** Writes one log line. Pilothouse shows timestamp, level and message, and keeps the other fields. */
function log(level, message, fields = {}) {
  process.stdout.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`,
  );
}

// Defaults of the manifest are filled in by Pilothouse; the ones here let the file run by hand, too.
const input = {
  goal: "cheapest",
  thing: "lamp",
  maxPrice: 60,
  maxSteps: 15,
  pauseMs: 400,
  stepLimitMs: 10_000,
  ...JSON.parse(process.env.PILOTHOUSE_INPUT ?? "{}"),
};
const workFolder = process.env.PILOTHOUSE_WORKDIR ?? ".";
// An image that appears in this folder is shown with the run at once.
const screenshots = process.env.PILOTHOUSE_SCREENSHOTS ?? join(workFolder, "screenshots");

/** What the agent knows so far. Every decision is made from this and nothing else. */
const memory = { shelvesLeft: ["/"], offersLeft: [], seen: [] };

/** The next thing worth doing, with the reason; null when nothing is left. */
function decide() {
  const [offer] = memory.offersLeft;
  if (offer !== undefined)
    return { kind: "offer", path: offer.path, why: `"${offer.name}" may be what is wanted` };
  const [shelf] = memory.shelvesLeft;
  if (shelf !== undefined)
    return { kind: "shelf", path: shelf, why: "no offer is left to look at, another shelf is" };
  return null;
}

/** What there is at the address of a step. Changes nothing, so that it can be done again. */
async function look(page, step, shop) {
  await page.goto(new URL(step.path, shop.address).href);
  if (step.kind === "shelf") {
    const links = await page
      .locator("li a")
      .evaluateAll((anchors) =>
        anchors.map((anchor) => ({ path: anchor.getAttribute("href"), name: anchor.textContent })),
      );
    const next = page.getByRole("link", { name: "Next page" });
    return { links, next: (await next.count()) > 0 ? await next.getAttribute("href") : null };
  }
  const name = await page.locator("h1").textContent();
  const price = Number(await page.locator("[data-price]").getAttribute("data-price"));
  const stars = Number(await page.locator("[data-stars]").getAttribute("data-stars"));
  return { name, price, stars };
}

/** Keeps what was seen, and tells it in short. */
function remember(step, sight) {
  if (step.kind === "shelf") {
    const wanted = sight.links.filter(({ name }) => name.toLowerCase().includes(input.thing));
    memory.shelvesLeft.shift();
    memory.offersLeft.push(...wanted);
    if (sight.next !== null) memory.shelvesLeft.push(sight.next);
    return { offers: sight.links.length, worthALook: wanted.length };
  }
  memory.offersLeft.shift();
  memory.seen.push({ ...sight, path: step.path });
  return { ...sight, fits: sight.price <= input.maxPrice };
}

function bestOffer() {
  const fitting = memory.seen.filter(({ price }) => price <= input.maxPrice);
  const isBetter = input.goal === "cheapest" ? (a, b) => a.price - b.price : (a, b) => b.stars - a.stars;
  return fitting.toSorted(isBetter)[0] ?? null;
}

/** Written under another name first: the screenshot appears when it is complete. */
async function takeScreenshot(page, number, what) {
  const file = join(screenshots, `${String(number).padStart(2, "0")}-${what}.png`);
  const draft = `${file}.part`;
  await writeFile(draft, await page.screenshot());
  await rename(draft, file);
}

function isAskedToStop() {
  return stop.signal.aborted || existsSync(process.env.PILOTHOUSE_STOP_FILE ?? "");
}

async function main() {
  const program = findBrowser();
  if (program === null) {
    log("error", "No browser was found", {
      expected: "Chromium, Chrome or Edge, or its path in BROWSER_PATH",
    });
    return 3;
  }
  await mkdir(screenshots, { recursive: true });
  const shop = await openShop();
  const browser = new BrowserPage({
    program,
    viewport: { width: 900, height: 600 },
    limitMs: input.stepLimitMs,
    onTrouble: (error) => log("warn", "Trying again in a new browser", { problem: error.message }),
  });
  try {
    log("info", `Looking for the ${input.goal} ${input.thing}`, {
      shop: shop.address,
      browser: await browser.do((page) => page.context().browser().version()),
    });
    let steps = 0;
    for (let step = decide(); step !== null && steps < input.maxSteps; step = decide()) {
      if (isAskedToStop()) {
        log("warn", "Asked to stop", { steps });
        break;
      }
      steps += 1;
      log("info", `Step ${steps}: ${step.why}`, { step: steps, path: step.path });
      const sight = await browser.do(async (page) => {
        const seen = await look(page, step, shop);
        await takeScreenshot(page, steps, step.kind);
        return seen;
      });
      log("debug", "Seen", remember(step, sight));
      await sleep(input.pauseMs);
    }
    return await report(browser, { shop, steps });
  } finally {
    const problem = await browser.close();
    if (problem !== null) log("warn", "The browser does not end by itself", { problem });
    shop.close();
  }
}

async function report(browser, { shop, steps }) {
  const best = bestOffer();
  const result = {
    goal: input.goal,
    thing: input.thing,
    steps,
    isComplete: decide() === null,
    best,
    seen: memory.seen,
  };
  await writeFile(join(workFolder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  if (best === null) {
    log("warn", `No ${input.thing} for at most ${input.maxPrice} was found`, { steps });
    return 0;
  }
  await browser.do(async (page) => {
    await page.goto(new URL(best.path, shop.address).href);
    await takeScreenshot(page, steps + 1, "best-offer");
  });
  log("info", `The best offer is ${best.name} for ${best.price}`, {
    ...best,
    steps,
    isComplete: result.isComplete,
  });
  return 0;
}

const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"]) process.once(name, () => stop.abort());

let exitCode = 1;
try {
  exitCode = await main();
} catch (error) {
  log("error", error.message, { error: error.name });
}
// A browser that did not end would keep this program alive; it is ended with it. What was said is out before.
process.stdout.write("", () => process.exit(exitCode));
