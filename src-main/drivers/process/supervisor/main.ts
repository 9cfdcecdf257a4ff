/**
 * The supervisor of a run: a small process of its own that outlives the core.
 *
 * It takes one order after the other from its standard input (see `order.ts`) and has at most one run at a
 * time. When the input closes it exits, but never before the run it has is over and on the disk.
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import process from "node:process";
import { SystemClock } from "#main/platform/index.ts";
import { createProcessTable } from "../process-table.ts";
import type { RunOrder, SupervisorAnswer } from "./order.ts";
import { PipeStock } from "./output-pipe.ts";
import { superviseRun } from "./supervised-run.ts";

const INPUT = 0;
const OUTPUT = 1;

function answer(message: SupervisorAnswer): void {
  try {
    writeSync(OUTPUT, `${JSON.stringify(message)}\n`);
  } catch {
    // The core is gone; it will find everything in the spool.
  }
}

async function main(): Promise<void> {
  const table = createProcessTable(process.platform);
  const pipes = new PipeStock();
  const supervisor = (await table.identify(process.pid)) ?? { pid: process.pid, startTime: "unknown" };
  const input = new Socket({ fd: INPUT, readable: true, writable: false });
  let isBusy = false;
  let isInputOpen = true;
  let unread = "";

  const take = async (line: string) => {
    isBusy = true;
    const order = JSON.parse(line) as RunOrder;
    await superviseRun({ order, supervisor, pipes, table, clock: new SystemClock(), answer });
    await pipes.fill();
    isBusy = false;
    if (isInputOpen) answer({ type: "free" });
    else process.exit(0);
  };
  const exit = async () => {
    await pipes.settle();
    // An order may have come meanwhile.
    if (!isBusy) process.exit(0);
  };
  const close = () => {
    isInputOpen = false;
    if (!isBusy) void exit();
  };

  // Ending with the session or by the system's shutdown would cut the run's output off; the run gets the
  // same signal, and when it ends, so does its supervisor.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!isBusy) void exit();
    });
  }
  input.setEncoding("utf8");
  input.on("data", (text: string) => {
    unread += text;
    const end = unread.indexOf("\n");
    if (end < 0) return;
    const line = unread.slice(0, end);
    unread = unread.slice(end + 1);
    void take(line);
  });
  input.on("end", close);
  input.on("error", close);
  await pipes.fill();
  if (!isBusy && isInputOpen) answer({ type: "free" });
}

await main();
