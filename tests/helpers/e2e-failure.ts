import { setTimeout as wait } from "node:timers/promises";
import type { TestInfo } from "@playwright/test";
import { FAILURE_ACCOUNT } from "../../scripts/test/failure-account.ts";
import type { App } from "./e2e.ts";

/** A page or a program that hangs must not hold up the account of it. */
const PAGE_MS = 5_000;
const PROGRAM_MS = 20_000;

/** Pictures without a name, addresses of links, the fold of a log's row. */
const NOTHING_SAID = /^- (img|\/url: .*|button "▾")$/;

const MOST_OF_PAGE = 4_000;
const LATEST_RUNS = 3;
const LAST_LINES = 12;
/** Longer ones are folded or cut by what shows the output of a machine that tests. */
const MOST_OF_LINE = 900;

/**
 * Keeps with a failed spec what a person would look at first: the page as a screen reader tells it, the runs, and the
 * last lines of the latest ones. The summary of all tests prints it. Does nothing for a spec that passed.
 */
export async function tellFailure(testInfo: TestInfo, app: App): Promise<void> {
  if (testInfo.status === testInfo.expectedStatus) return;
  const silent = wait(PROGRAM_MS, "The program does not answer in time.", { ref: false });
  const body = [await pageOf(app), await Promise.race([runsOf(app), silent])].join("\n");
  await testInfo.attach(FAILURE_ACCOUNT, { body, contentType: "text/plain" });
}

async function pageOf({ page }: App): Promise<string> {
  if (page.isClosed()) return "The page is closed.";
  const shown = await page
    .locator("body")
    .ariaSnapshot({ timeout: PAGE_MS })
    .catch((error: unknown) => `The page does not answer: ${error}`);
  const text = shown
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !NOTHING_SAID.test(line))
    .join(" ");
  return [page.url(), ...inLines(text.slice(0, MOST_OF_PAGE))].join("\n");
}

async function runsOf({ program }: App): Promise<string> {
  try {
    const runs = (await program.json(["runs"])) as readonly { readonly id: string }[];
    const latest = runs.slice(0, LATEST_RUNS).map(async (run) => {
      const { stdout, stderr } = await program.run(["logs", run.id]);
      const lines = `${stdout.trimEnd()}\n${stderr}`.trimEnd().split("\n").slice(-LAST_LINES);
      return [...inLines(JSON.stringify(run)), ...lines.map((line) => line.slice(0, MOST_OF_LINE))].join(
        "\n",
      );
    });
    return (await Promise.all(latest)).join("\n");
  } catch (error) {
    return `The program does not answer: ${error}`;
  }
}

function inLines(text: string): readonly string[] {
  const count = Math.ceil(text.length / MOST_OF_LINE);
  return Array.from({ length: count }, (_, at) => text.slice(at * MOST_OF_LINE, (at + 1) * MOST_OF_LINE));
}
