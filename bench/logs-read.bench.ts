import { execFile } from "node:child_process";
import { mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { runIdSchema } from "#contract/ids.ts";
import { findLinesSchema, readLogSchema } from "#contract/log.ts";
import type { LogStore } from "#main/logs/index.ts";
import { MemoryLogRecords, openLogs } from "#tests/helpers/log-store.ts";
import { BUILT_LOG_WORKER } from "./built-core.ts";
import { median, printFigure } from "./figure.ts";
import { jsonLines } from "./log-text.ts";

const run = promisify(execFile);
const RUN = runIdSchema.parse("0000000000000001");
const LINES = Number(process.env["LOGS_BENCH_LINES"] ?? 10_000_000);
const LINES_PER_CHUNK = 600;
const ROUNDS = 3;
const START_MS = Date.UTC(2026, 0, 1);
const JUMP_MS = 300;

/** A large log: jumps, searches and its size, beside `grep`, `tail` and the plain text. */
async function measure(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-bench-"));
  try {
    const plain = path.join(folder, "plain.log");
    const logs = path.join(folder, "logs");
    const records = new MemoryLogRecords();
    await write({ plain, logs, records });
    await measureSize(plain, path.join(logs, RUN));
    await measureJumps(plain, { logs, records });
    await using store = openLogs(logs, { records, workerScript: BUILT_LOG_WORKER });
    await measureSearches(plain, store);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(to: { plain: string; logs: string; records: MemoryLogRecords }): Promise<void> {
  const store = openLogs(to.logs, { records: to.records, workerScript: BUILT_LOG_WORKER });
  const writer = await store.openWriter(RUN);
  const file = await open(to.plain, "w");
  for (let number = 0; number < LINES; number += LINES_PER_CHUNK) {
    const bytes = Buffer.from(jsonLines(number, Math.min(LINES_PER_CHUNK, LINES - number)));
    await writer.append({ stream: "stdout", bytes, atMs: START_MS + number * 3, cursor: String(number) });
    await file.write(bytes);
  }
  await file.close();
  await writer.seal();
  while ((await readdir(path.join(to.logs, RUN))).some((name) => !name.endsWith(".pseg"))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await store[Symbol.asyncDispose]();
}

async function measureSize(plain: string, folder: string): Promise<void> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size);
  const stored = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  const text = (await stat(plain)).size;
  printFigure({
    name: `disk used by ${LINES} JSON lines`,
    ours: `${(stored / 1e6).toFixed(1)} MB`,
    alternative: `${(text / 1e6).toFixed(1)} MB of text`,
    ratio: stored / text,
    promise: "≤ 1/8",
    isKept: stored * 8 <= text,
  });
}

async function measureJumps(
  plain: string,
  place: { logs: string; records: MemoryLogRecords },
): Promise<void> {
  const middle = Math.floor(LINES / 2);
  const jumps = [
    { name: "first paint", request: { from: 1, limit: 200 } },
    { name: "jump to the end", request: { from: -200, limit: 200 } },
    { name: "jump to the middle", request: { from: middle, limit: 200 } },
    { name: "jump to a time", request: { atMs: START_MS + middle * 3, limit: 200 } },
  ];
  const tail = await timed(() => run("tail", ["-n", "200", plain]));
  for (const { name, request } of jumps) {
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await using store = openLogs(place.logs, { records: place.records, workerScript: BUILT_LOG_WORKER });
      rounds.push(await timed(() => store.page(readLogSchema.parse({ runId: RUN, ...request }))));
    }
    const ours = median(rounds);
    printFigure({
      name: `${name}, the log just opened`,
      ours: `${ours.toFixed(0)} ms`,
      alternative: `${tail.toFixed(0)} ms for tail on the text`,
      ratio: ours / tail,
      promise: `≤ ${JUMP_MS} ms`,
      isKept: ours <= JUMP_MS,
    });
  }
}

async function measureSearches(plain: string, store: LogStore): Promise<void> {
  const last = LINES - 7;
  const searches = [
    {
      name: "literal",
      wish: { text: `request ${last} done` },
      grep: ["-c", "-i", "-F", `request ${last} done`],
      promisedMs: 1_000,
    },
    {
      name: "literal in one case",
      wish: { text: `request ${last} done`, isCaseSensitive: true },
      grep: ["-c", "-F", `request ${last} done`],
      promisedMs: 1_000,
    },
    {
      name: "regular expression",
      wish: {
        text: `request \\d+${last % 1000} (done|failed).*"ms":9\\d\\d`,
        isRegex: true,
        isCaseSensitive: true,
      },
      grep: ["-c", "-E", `request [0-9]+${last % 1000} (done|failed).*"ms":9[0-9][0-9]`],
      promisedMs: 3_000,
    },
    {
      name: "regular expression in either case",
      wish: { text: "timed? ?out|refus(ed|al)", isRegex: true },
      grep: ["-c", "-i", "-E", "timed? ?out|refus(ed|al)"],
      promisedMs: 3_000,
    },
  ];
  for (const { name, wish, grep, promisedMs } of searches) {
    const request = findLinesSchema.parse({ runIds: [RUN], ...wish });
    const ours = await timed(() => Array.fromAsync(store.find(request, new AbortController().signal)));
    const theirs = await timed(() => run("grep", [...grep, plain]).catch(() => undefined));
    printFigure({
      name: `search, ${name}`,
      ours: `${ours.toFixed(0)} ms`,
      alternative: `${theirs.toFixed(0)} ms for grep on the text`,
      ratio: ours / theirs,
      promise: `≤ ${promisedMs} ms`,
      isKept: ours <= promisedMs,
    });
  }
  await measureFirstHitsAndCancel(store);
}

async function measureFirstHitsAndCancel(store: LogStore): Promise<void> {
  const controller = new AbortController();
  const request = findLinesSchema.parse({ runIds: [RUN], text: "error" });
  const startedMs = performance.now();
  const news = store.find(request, controller.signal)[Symbol.asyncIterator]();
  await news.next();
  const firstMs = performance.now() - startedMs;
  controller.abort();
  const abortedMs = performance.now();
  while ((await news.next()).done !== true);
  const cancelMs = performance.now() - abortedMs;
  const figures = [
    { name: "first hits", ours: firstMs, promised: 100 },
    { name: "cancel", ours: cancelMs, promised: 50 },
  ];
  for (const { name, ours, promised } of figures) {
    printFigure({
      name: `search, ${name}`,
      ours: `${ours.toFixed(0)} ms`,
      alternative: `${promised} ms promised`,
      ratio: ours / promised,
      promise: `≤ ${promised} ms`,
      isKept: ours <= promised,
    });
  }
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

await measure();
