import type { ContainerDriverUnderTest } from "../contract/driver-container-target.ts";
import { forever, hear } from "../contract/driver-under-test.ts";

/** Enough to keep two processors busy; each container is a dozen processes of its engine. */
const AT_ONCE = 6;
/** An exit code above 128 looks like a signal; see QUIRKS.md of the driver. */
const CODES = 100;

/** A run that was not told as it ended. */
interface MistoldEnd {
  readonly wanted: number;
  readonly told: number | null;
  readonly cause: string;
}

/**
 * Runs `count` containers that end at once, each with an exit code, several at a time, and removes them.
 *
 * @returns those of which the driver told another end
 */
export async function runShortContainers(
  { driver, specOfCommand }: ContainerDriverUnderTest,
  count: number,
): Promise<readonly MistoldEnd[]> {
  const mistold: MistoldEnd[] = [];
  const queue = Array.from({ length: count }, (_, index) => index % CODES);
  const work = async () => {
    for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
      const spec = specOfCommand(["sh", "-c", `exit ${wanted}`]);
      const { exit } = await hear(await driver.start(spec, forever));
      if (exit.exitCode !== wanted || exit.cause !== "ended") {
        mistold.push({ wanted, told: exit.exitCode, cause: exit.cause });
      }
      await driver.remove(spec.runId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return mistold;
}
