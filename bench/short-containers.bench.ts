import { makeContainerDriver } from "../tests/contract/driver-container-target.ts";
import { runShortContainers } from "../tests/faults/short-containers.ts";
import { BUSYBOX_IMAGE, startEngine } from "../tests/helpers/engines.ts";
import { printFigure } from "./figure.ts";

const RUNS = 1_000;
const ALONE = 20;

/** Whether each of a thousand containers that end at once is told with its own exit code. */
await using engine = await startEngine("docker");
await using subject = await makeContainerDriver(engine);
const begunMs = performance.now();
const mistold = await runShortContainers(subject, RUNS);
const eachMs = (performance.now() - begunMs) / RUNS;

const beforeMs = performance.now();
for (let index = 0; index < ALONE; index += 1) {
  await engine.command("run", "--rm", "--network=none", BUSYBOX_IMAGE, "true");
}
const aloneMs = (performance.now() - beforeMs) / ALONE;

const wrong = mistold.length;
printFigure({
  name: `${RUNS} containers that end at once, several at a time, each with an exit code of its own`,
  ours: `${wrong} wrong exit codes, ${eachMs.toFixed(0)} ms each`,
  alternative: `${aloneMs.toFixed(0)} ms each for docker run --rm, one at a time`,
  ratio: eachMs / aloneMs,
  promise: "0 wrong exit codes",
  isKept: wrong === 0,
});
if (wrong > 0) throw new Error(`${wrong} of ${RUNS} containers were told with a wrong exit code`);
