import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createProgram } from "#tests/helpers/program.ts";
import { printFigure } from "./figure.ts";

const SETTLE_MS = 5_000;
const WATCH_MS = 30_000;
const PROMISED_CPU = 0.01;
const PROMISED_MEMORY = 120 * 1024 * 1024;
const TICKS_PER_SECOND = 100;
const BARE_SERVER =
  'require("node:http").createServer((q,s)=>s.end()).listen(0,"127.0.0.1",()=>console.log("up"))';

interface Idle {
  /** 1 = one core. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** A core with its page served and nothing to do, beside a bare Node server that does nothing. */
async function measure(): Promise<void> {
  await using program = await createProgram();
  await using served = await program.serve();
  const bare = spawn(process.execPath, ["-e", BARE_SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  await once(bare.stdout, "data");
  try {
    await sleep(SETTLE_MS);
    const [ours, nothing] = await Promise.all([watch(served.command.pid), watch(bare.pid ?? 0)]);
    printFigure({
      name: `idle core, processor over ${WATCH_MS / 1_000} s`,
      ours: `${(ours.cpuCores * 100).toFixed(2)} % of one core`,
      alternative: `${(nothing.cpuCores * 100).toFixed(2)} % for a bare Node server`,
      // One tick of the clock is the least that can be told apart.
      ratio: ours.cpuCores / Math.max(nothing.cpuCores, 1_000 / TICKS_PER_SECOND / WATCH_MS),
      promise: `≤ ${PROMISED_CPU * 100} %`,
      isKept: ours.cpuCores <= PROMISED_CPU,
    });
    printFigure({
      name: "idle core, memory (resident)",
      ours: `${mebibytes(ours.memoryBytes)} MiB`,
      alternative: `${mebibytes(nothing.memoryBytes)} MiB for a bare Node server`,
      ratio: ours.memoryBytes / nothing.memoryBytes,
      promise: `≤ ${mebibytes(PROMISED_MEMORY)} MiB`,
      isKept: ours.memoryBytes <= PROMISED_MEMORY,
    });
  } finally {
    bare.kill();
  }
}

async function watch(pid: number): Promise<Idle> {
  const before = await ticksOf(pid);
  await sleep(WATCH_MS);
  const cpuSeconds = ((await ticksOf(pid)) - before) / TICKS_PER_SECOND;
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
  return { cpuCores: cpuSeconds / (WATCH_MS / 1_000), memoryBytes: kibibytes * 1024 };
}

/** User and system time; see proc(5), fields 14 and 15 of stat, counted behind the name in brackets. */
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

await measure();
