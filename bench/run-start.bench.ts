import { setTimeout as sleep } from "node:timers/promises";
import type { RunId } from "#contract/ids.ts";
import { isFinal } from "#contract/run.ts";
import type { CoreHarness } from "#tests/helpers/core-harness.ts";
import { spawnWithLogFile } from "./bare-spawn.ts";
import { openBuiltCore } from "./built-core.ts";
import { median, printFigure } from "./figure.ts";

const ROUNDS = 60;
const PROMISED_RATIO = 1.5;
const LOOK_MS = 5;
const MANIFEST = "class: computational\nruntimes:\n  process:\n    command: [node, main.mjs]\n";
/** Says when its first line ran. */
const AGENT = "process.stdout.write(String(performance.timeOrigin + performance.now()));\n";

/**
 * From the wish to the first line of the agent's own code, beside a bare spawn with its log file. The agent is
 * a small Node program: what a start costs is felt beside what a program itself needs to begin.
 */
async function measure(): Promise<void> {
  await using harness = await openBuiltCore();
  await harness.agent("says-when", MANIFEST, { "main.mjs": AGENT });
  await runOnce(harness);

  const ours: number[] = [];
  const bare: number[] = [];
  const script = `${harness.base}/agents/says-when/main.mjs`;
  // In turns, so that whatever else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await runOnce(harness));
    const spawnedMs = nowMs();
    bare.push(Number(await spawnWithLogFile(harness.base, [process.execPath, script])) - spawnedMs);
  }
  const ratio = median(ours) / median(bare);
  printFigure({
    name: "start of a process run, from the wish to the program's first line",
    ours: `${median(ours).toFixed(1)} ms`,
    alternative: `${median(bare).toFixed(1)} ms for a bare spawn with its log file`,
    ratio,
    promise: `≤ ${PROMISED_RATIO} ×`,
    isKept: ratio <= PROMISED_RATIO,
  });
}

/** Milliseconds from the wish to the agent's first line. */
async function runOnce(harness: CoreHarness): Promise<number> {
  const wishedMs = nowMs();
  const { id } = await harness.start("says-when");
  await ended(harness, id);
  return Number((await harness.raw(id)).toString()) - wishedMs;
}

async function ended(harness: CoreHarness, id: RunId): Promise<void> {
  while (!isFinal(harness.run(id).state)) await sleep(LOOK_MS);
}

/** Comparable between processes. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

await measure();
