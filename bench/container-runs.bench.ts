import { spawn } from "node:child_process";
import { once } from "node:events";
import { makeContainerDriver } from "../tests/contract/driver-container-target.ts";
import { bytesOf, forever } from "../tests/contract/driver-under-test.ts";
import { BUSYBOX_IMAGE, startEngine, type TestEngine } from "../tests/helpers/engines.ts";
import { median, printFigure } from "./figure.ts";

const STARTS = 12;
const CAPTURES = 5;
const LINES = 1_000_000;
const RATIO = 1.15;

/** From the wish to a container that runs, beside `docker run -d`, in turns. */
async function measureStart(engine: TestEngine): Promise<void> {
  await using subject = await makeContainerDriver(engine);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < STARTS; round += 1) {
    ours.push(
      await timed(async () => {
        const spec = subject.specOfCommand(["sleep", "600"]);
        await subject.driver.prepare(spec, () => undefined, forever);
        await subject.driver.start(spec, forever);
      }),
    );
    theirs.push(
      await timed(async () => {
        await engine.command("run", "-d", "--init", "--network=none", BUSYBOX_IMAGE, "sleep", "600");
      }),
    );
  }
  print("from the wish to a container that runs", "docker run -d", {
    oursMs: median(ours),
    theirsMs: median(theirs),
  });
}

/** All lines of a container taken down on this computer, beside `docker logs -f >/dev/null` of the same, in turns. */
async function measureCapture(engine: TestEngine): Promise<void> {
  await using subject = await makeContainerDriver(engine);
  const command = ["sh", "-c", `seq 1 ${LINES}`];
  const ours: number[] = [];
  const theirs: number[] = [];
  let bytes = 0;
  for (let round = 0; round < CAPTURES; round += 1) {
    bytes = 0;
    ours.push(
      await timed(async () => {
        const handle = await subject.driver.start(subject.specOfCommand(command), forever);
        for await (const chunk of handle.output) bytes += bytesOf([chunk]).byteLength;
      }),
    );
    const id = await engine.command("create", "--network=none", BUSYBOX_IMAGE, ...command);
    theirs.push(
      await timed(async () => {
        await engine.command("start", id);
        const [program = "", ...args] = engine.commandLine("logs", "-f", id);
        const logs = spawn(program, args, { stdio: "ignore" });
        await once(logs, "exit");
      }),
    );
  }
  print(`${LINES} lines (${bytes} bytes) of a container`, "docker logs -f >/dev/null", {
    oursMs: median(ours),
    theirsMs: median(theirs),
  });
}

async function timed(action: () => Promise<void>): Promise<number> {
  const begunMs = performance.now();
  await action();
  return performance.now() - begunMs;
}

interface Times {
  readonly oursMs: number;
  readonly theirsMs: number;
}

function print(name: string, alternative: string, { oursMs, theirsMs }: Times): void {
  const ratio = oursMs / theirsMs;
  printFigure({
    name,
    ours: `${oursMs.toFixed(0)} ms`,
    alternative: `${theirsMs.toFixed(0)} ms for ${alternative}`,
    ratio,
    promise: `≤ ${RATIO} ×`,
    isKept: ratio <= RATIO,
  });
}

await using engine = await startEngine("docker");
await measureStart(engine);
await measureCapture(engine);
