import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { targetIdSchema } from "#contract/ids.ts";
import { BUSYBOX_IMAGE, startEngine, type TestEngine } from "../tests/helpers/engines.ts";
import { createOwnEngines } from "../tests/helpers/own-engines.ts";
import { printFigure } from "./figure.ts";

const LIST_SIZE = 500;
const MAKERS = 4;
const IDLE_RUNNING = 50;
const IDLE_MS = 20_000;
const LIST_MS = 300;
const TICK_MS = 10;
const DOCKER = targetIdSchema.parse("docker");

/** From the call to the list of all containers, beside `docker ps -a`. */
async function measureList(engine: TestEngine): Promise<void> {
  const create = `for i in $(seq ${LIST_SIZE / MAKERS}); do docker create --network none ${BUSYBOX_IMAGE} true; done`;
  const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}` };
  const makers = Array.from({ length: MAKERS }, () => promisify(execFile)("sh", ["-c", create], { env }));
  await Promise.all(makers);
  const { engines } = createOwnEngines([engine]);
  await using _ = engines;
  await engines.discover();
  await engines.look(DOCKER);
  let count = 0;
  const ours = await timed(async () => {
    await engines.look(DOCKER);
    const list = engines.containers.list(DOCKER);
    // As it goes to the page.
    JSON.stringify(list);
    count = list.containers.length;
  });
  const theirs = await timed(async () => {
    await engine.command("ps", "-a");
  });
  printFigure({
    name: `list of ${count} containers, asked anew`,
    ours: `${ours.toFixed(0)} ms`,
    alternative: `${theirs.toFixed(0)} ms for docker ps -a`,
    ratio: ours / theirs,
    promise: `≤ ${LIST_MS} ms`,
    isKept: ours <= LIST_MS,
  });
}

/** What watching an engine with running containers costs this process, beside what `docker stats` costs. */
async function measureIdle(engine: TestEngine): Promise<void> {
  for (let index = 0; index < IDLE_RUNNING; index += 1) {
    await engine.command("run", "-d", "--network=none", BUSYBOX_IMAGE, "sleep", "6000");
  }
  const { engines } = createOwnEngines([engine]);
  await using _ = engines;
  await engines.discover();
  await engines.look(DOCKER);
  const before = process.cpuUsage();
  await sleep(IDLE_MS);
  const { system, user } = process.cpuUsage(before);
  const ours = (system + user) / 1_000 / IDLE_MS;
  const [program = "", ...args] = engine.commandLine("stats");
  const stats = spawn(program, args, { stdio: "ignore" });
  await sleep(IDLE_MS);
  const theirs = (await ticksOf(stats.pid ?? 0)) * (TICK_MS / IDLE_MS);
  stats.kill();
  printFigure({
    name: `idle beside ${IDLE_RUNNING} running containers`,
    ours: `${(ours * 100).toFixed(2)} % of one core`,
    alternative: `${(theirs * 100).toFixed(2)} % for docker stats`,
    ratio: ours / theirs,
    promise: "≤ 1 % more than docker stats",
    isKept: ours <= theirs + 0.01,
  });
}

async function ticksOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

async function timed(action: () => Promise<void>): Promise<number> {
  const begunMs = performance.now();
  await action();
  return performance.now() - begunMs;
}

await using engine = await startEngine("docker");
await measureIdle(engine);
await measureList(engine);
