import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "#contract/run.ts";
import type { Core } from "#main/core-config.ts";
import { spawnWithLogFile } from "./bare-spawn.ts";
import { openBuiltCore } from "./built-core.ts";
import { printFigure } from "./figure.ts";

const RUNS = 1_000;
const PROMISED_PER_SECOND = 50;
/** As many at once as the core starts side by side. */
const BARE_AT_ONCE = 8;
const LOOK_MS = 50;

/** Runs of `true` through the whole core, from the wish to the stored end, beside bare spawns. */
async function measure(): Promise<void> {
  await using harness = await openBuiltCore();
  await harness.agent("nothing", "class: computational\nruntimes:\n  process:\n    command: ['true']\n");
  await harness.start("nothing");
  await allEnded(harness.core, 1);

  const startedMs = performance.now();
  const runs: Run[] = [];
  for (let count = 0; count < RUNS; count += 1) runs.push(await harness.start("nothing"));
  await allEnded(harness.core, RUNS + 1);
  const oursPerSecond = RUNS / ((performance.now() - startedMs) / 1_000);
  const succeeded = runs.filter((run) => harness.run(run.id).exitCode === 0).length;
  if (succeeded !== RUNS) throw new Error(`only ${succeeded} of ${RUNS} runs succeeded`);

  const bareStartedMs = performance.now();
  let left = RUNS;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await spawnWithLogFile(harness.base, ["true"]);
    }
  };
  await Promise.all(Array.from({ length: BARE_AT_ONCE }, worker));
  const barePerSecond = RUNS / ((performance.now() - bareStartedMs) / 1_000);

  printFigure({
    name: `${RUNS} runs of \`true\` through the core`,
    ours: `${oursPerSecond.toFixed(0)} runs/s`,
    alternative: `${barePerSecond.toFixed(0)} bare spawns/s`,
    ratio: oursPerSecond / barePerSecond,
    promise: `≥ ${PROMISED_PER_SECOND} runs/s`,
    isKept: oursPerSecond >= PROMISED_PER_SECOND,
  });
}

/** Resolves when that many runs have succeeded or failed. */
async function allEnded(core: Core, count: number): Promise<void> {
  while (core.faces.runs.list({ limit: 1, states: ["succeeded", "failed"] }).total < count)
    await sleep(LOOK_MS);
}

await measure();
