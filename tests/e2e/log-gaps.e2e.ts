import { expect, test } from "#tests/helpers/e2e.ts";
import { addAgent } from "#tests/helpers/e2e-agents.ts";
import { RunPage } from "#tests/helpers/pages/run-page.ts";

/** Prints what a gap looks like, and says who takes its output down, so that a test can end that. */
const WATCHED = `
console.log("[Pilothouse: 4096 bytes of output are missing here: this log is damaged]");
console.log("watched by " + process.ppid);
setInterval(() => {}, 60_000);
`;

test("missing output shows as what it is, with its cause, in the words of the page", async ({ app }) => {
  await addAgent(app.program, { name: "watched", script: WATCHED });
  const { id } = (await app.program.json(["run", "watched"])) as { id: string };
  await app.open(`/runs/${id}`);
  const { log } = new RunPage(app.page);
  await expect(log.lines).toContainText(/watched by \d+/);
  const watcher = /watched by (\d+)/.exec((await log.lines.textContent()) ?? "")?.[1];
  process.kill(Number(watcher), "SIGKILL");
  await log.isComplete();

  const gap = log.lines.locator("[data-gap]");
  await expect(gap).toHaveCount(1);
  await expect(gap).toContainText("Output missing here: the process that took the output down was ended");
});
