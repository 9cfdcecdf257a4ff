import { makeContainerDriver } from "../tests/contract/driver-container-target.ts";
import { forever, hear } from "../tests/contract/driver-under-test.ts";
import { BUSYBOX_IMAGE, startEngine } from "../tests/helpers/engines.ts";
import { printFigure } from "./figure.ts";

const RUNS = 1_000;
const AT_ONCE = 4;
/** An exit code above 128 looks like a signal; see QUIRKS.md of the driver. */
const CODES = 100;

/** Whether each of a thousand containers that end at once is told with its own exit code. */
await using engine = await startEngine("docker");
await using subject = await makeContainerDriver(engine);
const queue = Array.from({ length: RUNS }, (_, index) => index % CODES);
let wrong = 0;
const work = async () => {
  for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
    const spec = subject.specOfCommand(["sh", "-c", `exit ${wanted}`]);
    const { exit } = await hear(await subject.driver.start(spec, forever));
    if (exit.exitCode !== wanted || exit.cause !== "ended") wrong += 1;
    await subject.driver.remove(spec.runId);
  }
};
const begunMs = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, work));
const eachMs = (performance.now() - begunMs) / RUNS;

const beforeMs = performance.now();
const ALONE = 20;
for (let index = 0; index < ALONE; index += 1) {
  await engine.command("run", "--rm", "--network=none", BUSYBOX_IMAGE, "true");
}
const aloneMs = (performance.now() - beforeMs) / ALONE;

printFigure({
  name: `${RUNS} containers that end at once, ${AT_ONCE} at a time, each with an exit code of its own`,
  ours: `${wrong} wrong exit codes, ${eachMs.toFixed(0)} ms each`,
  alternative: `${aloneMs.toFixed(0)} ms each for docker run --rm, one at a time`,
  ratio: eachMs / aloneMs,
  promise: "0 wrong exit codes",
  isKept: wrong === 0,
});
if (wrong > 0) throw new Error(`${wrong} of ${RUNS} containers were told with a wrong exit code`);
