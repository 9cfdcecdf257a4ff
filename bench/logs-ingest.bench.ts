import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { runIdSchema } from "#contract/ids.ts";
import { SystemClock } from "#main/platform/index.ts";
import { openStore } from "#main/store/index.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { BUILT_LOG_WORKER } from "./built-core.ts";
import { printFigure } from "./figure.ts";

const RUN = runIdSchema.parse("0000000000000001");
const SECONDS = Number(process.env["LOGS_BENCH_SECONDS"] ?? 60);
const LINES_PER_CHUNK = 640;
const LINE = `${"x".repeat(99)}\n`;
const CHUNK = Buffer.from(LINE.repeat(LINES_PER_CHUNK));
const SYNC_EVERY_MS = 500;
const MEGABYTE = 1024 * 1024;
const PROMISED_PER_SECOND = 1_000_000;
const PROMISED_LAG_MS = 50;
const PROMISED_GROWTH_MB = 200;

/** Lines of 100 bytes into the store as fast as it takes them, beside plain appends to a file. */
async function measure(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-bench-"));
  try {
    // The index goes where it goes in the program; the memory of one that a test keeps would count as growth.
    const database = await openStore({
      place: { folder, database: path.join(folder, "pilothouse.db") },
      clock: new SystemClock(),
      onSnapshotFailed: () => undefined,
    });
    const store = openLogs(path.join(folder, "logs"), {
      records: database.logs,
      workerScript: BUILT_LOG_WORKER,
    });
    const writer = await store.openWriter(RUN);
    let number = 0;
    const append = async () => {
      number += 1;
      await writer.append({ stream: "stdout", bytes: CHUNK, atMs: Date.now(), cursor: String(number) });
    };
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    const memoryBefore = process.memoryUsage().rss;
    const ours = await fill({ seconds: SECONDS, append, sync: () => writer.sync() });
    const growthMb = (process.memoryUsage().rss - memoryBefore) / MEGABYTE;
    lag.disable();
    const lagMs = lag.percentile(99) / 1e6;
    await writer.release();
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();

    const file = await open(path.join(folder, "plain.log"), "a");
    const plain = await fill({
      seconds: Math.min(10, SECONDS),
      append: async () => {
        await file.write(CHUNK);
      },
      sync: () => file.datasync(),
    });
    await file.close();

    printFigure({
      name: `ingest of 100-byte lines for ${SECONDS} s`,
      ours: `${(ours / 1e6).toFixed(2)} M lines/s`,
      alternative: `${(plain / 1e6).toFixed(2)} M lines/s appended to a plain file`,
      ratio: ours / plain,
      promise: "≥ 1.00 M lines/s",
      isKept: ours >= PROMISED_PER_SECOND,
    });
    printFigure({
      name: "loop lag while ingesting, 99th percentile",
      ours: `${lagMs.toFixed(1)} ms`,
      alternative: `${PROMISED_LAG_MS} ms promised`,
      ratio: lagMs / PROMISED_LAG_MS,
      promise: `≤ ${PROMISED_LAG_MS} ms`,
      isKept: lagMs <= PROMISED_LAG_MS,
    });
    printFigure({
      name: "memory growth while ingesting",
      ours: `${growthMb.toFixed(0)} MB`,
      alternative: `${PROMISED_GROWTH_MB} MB promised`,
      ratio: growthMb / PROMISED_GROWTH_MB,
      promise: `≤ ${PROMISED_GROWTH_MB} MB`,
      isKept: growthMb <= PROMISED_GROWTH_MB,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lines per second. */
async function fill(parts: {
  seconds: number;
  append: () => Promise<void>;
  sync: () => Promise<void>;
}): Promise<number> {
  const startedMs = performance.now();
  let chunks = 0;
  let syncing: Promise<void> | null = null;
  let lastSyncMs = startedMs;
  while (performance.now() - startedMs < parts.seconds * 1_000) {
    await parts.append();
    chunks += 1;
    if (syncing !== null || performance.now() - lastSyncMs < SYNC_EVERY_MS) continue;
    lastSyncMs = performance.now();
    syncing = parts.sync().finally(() => {
      syncing = null;
    });
  }
  await syncing;
  return (chunks * LINES_PER_CHUNK) / ((performance.now() - startedMs) / 1_000);
}

await measure();
