import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { encodeStanding } from "#core/log-block.ts";
import { encodeChunk, LOG_FILE_HEAD } from "#core/log-framing.ts";
import { LogFileWriter, type TailFiles, type WritableFile } from "#main/logs/log-file-writer.ts";
import { LogState } from "#main/logs/log-state.ts";
import { SystemClock } from "#main/platform/index.ts";
import { MemoryLogRecords, openLogs } from "#tests/helpers/log-store.ts";
import { chunkOf, createFolder, idOf } from "./store-fixture.ts";

const RUN = idOf(1);
const signal = new AbortController().signal;

/** What a program did to its files, in order. */
type Step =
  | { readonly kind: "write"; readonly segment: number; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "cut"; readonly segment: number; readonly length: number }
  | { readonly kind: "sync"; readonly segment: number }
  /** The program told somebody that this many chunks are durable. */
  | { readonly kind: "promise"; readonly chunks: number };

class RecordedFile implements WritableFile {
  readonly #segment: number;
  readonly #steps: Step[];
  #bytes: Buffer;

  constructor(segment: number, { steps, begins }: { steps: Step[]; begins: Buffer }) {
    this.#segment = segment;
    this.#steps = steps;
    this.#bytes = begins;
    steps.push({ kind: "write", segment, at: 0, bytes: begins }, { kind: "sync", segment });
  }
  async writev(pieces: readonly Uint8Array[], at: number) {
    const bytes = Buffer.concat(pieces);
    this.#steps.push({ kind: "write", segment: this.#segment, at, bytes });
    this.#bytes = put(this.#bytes, { at, bytes });
    return { bytesWritten: bytes.length };
  }
  async truncate(length = 0) {
    this.#steps.push({ kind: "cut", segment: this.#segment, length });
    this.#bytes = this.#bytes.subarray(0, length);
  }
  async datasync() {
    this.#steps.push({ kind: "sync", segment: this.#segment });
  }
  async read(target: Uint8Array, { position }: { position: number }) {
    return { bytesRead: this.#bytes.copy(target, 0, position, position + target.length) };
  }
  async close() {
    await Promise.resolve();
  }
}

function put(before: Buffer, { at, bytes }: { at: number; bytes: Buffer }): Buffer {
  const after = Buffer.alloc(Math.max(before.length, at + bytes.length));
  before.copy(after);
  bytes.copy(after, at);
  return after;
}

/** Lets a writer fill several segments and records what it did. */
async function record(folder: string): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const state = new LogState({ runId: RUN, folder: path.join(folder, RUN), records: new MemoryLogRecords() });
  await mkdir(state.folder, { recursive: true });
  const files: TailFiles = {
    open: async () => new RecordedFile(0, { steps, begins: Buffer.from(LOG_FILE_HEAD) }),
    next: async () => {
      const segment = state.tailSegment + 1;
      const bytes = encodeStanding(state.standing());
      const standing = encodeChunk(
        { stream: "begin", bytes, atMs: 0, cursor: state.cursor ?? "" },
        state.framing,
      );
      const begins = Buffer.concat([LOG_FILE_HEAD, ...standing]);
      return { file: new RecordedFile(segment, { steps, begins }), segment, sizeBytes: begins.length };
    },
  };
  const writer = new LogFileWriter({
    files,
    state,
    clock: new SystemClock(),
    segmentBytes: 3_000,
    onSegmentFinished: () => Promise.resolve(),
    onClosed: () => undefined,
  });
  await writer.open();
  state.begin();
  for (let number = 1; number <= 60; number += 1) {
    await writer.append({ stream: "stdout", bytes: chunkOf(number), atMs: number, cursor: String(number) });
    if (number % 7 !== 0) continue;
    await writer.sync();
    steps.push({ kind: "promise", chunks: number });
  }
  await writer.release();
  return steps;
}

/**
 * A state of the files that a power cut after `count` steps may leave: what was synced is there; of the writes since,
 * a part arrived, in any order, the last of them torn.
 */
function legalState(steps: readonly Step[], { count, seed }: { count: number; seed: number }) {
  const files = new Map<number, Buffer>();
  let promised = 0;
  let random = seed;
  const next = (below: number) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % below;
  };
  let lostWrites = 0;
  for (const [index, step] of steps.slice(0, count).entries()) {
    if (step.kind === "promise") promised = step.chunks;
    else if (step.kind === "cut") {
      files.set(step.segment, (files.get(step.segment) ?? Buffer.alloc(0)).subarray(0, step.length));
    } else if (step.kind === "write") {
      const isSynced = steps
        .slice(index, count)
        .some((later) => later.kind === "sync" && later.segment === step.segment);
      const kept = isSynced ? step.bytes.length : next(3) * Math.floor(next(step.bytes.length + 1) / 2);
      if (kept < step.bytes.length) lostWrites += 1;
      const bytes = step.bytes.subarray(0, kept);
      files.set(step.segment, put(files.get(step.segment) ?? Buffer.alloc(0), { at: step.at, bytes }));
    }
  }
  return { files, promised, lostWrites };
}

test("after a power cut at any moment a log is a whole beginning of what was printed, with all that was promised", async () => {
  await using context = await createFolder();
  const steps = await record(context.folder);
  const segments = new Set(steps.flatMap((step) => (step.kind === "write" ? [step.segment] : [])));
  expect(segments.size, "several segments were written").toBeGreaterThan(3);
  let torn = 0;

  for (let count = 1; count <= steps.length; count += 1) {
    for (const seed of [1, 2, 3]) {
      const { files, promised, lostWrites } = legalState(steps, { count, seed });
      torn += lostWrites;
      const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-cut-"));
      await mkdir(path.join(folder, RUN));
      for (const [segment, bytes] of files) {
        await writeFile(path.join(folder, RUN, segment === 0 ? "log.plog" : `log.${segment}.plog`), bytes);
      }
      await check(folder, { promised, place: `step ${count}, seed ${seed}` });
      await rm(folder, { recursive: true });
    }
  }

  expect(torn, "writes were lost").toBeGreaterThan(50);
});

async function check(
  folder: string,
  { promised, place }: { promised: number; place: string },
): Promise<void> {
  await using store = openLogs(folder, { segmentBytes: 3_000, sealFromBytes: 1e12 });
  const writer = await store.openWriter(RUN);
  const last = Number(writer.cursor ?? 0);
  expect(last, place).toBeGreaterThanOrEqual(promised);
  const raw = Buffer.concat(await Array.fromAsync(store.raw(RUN, { isFollowing: false, signal })));
  const expected = Buffer.concat(Array.from({ length: last }, (_, index) => chunkOf(index + 1)));
  expect(raw.equals(expected), place).toBe(true);
  const again = { stream: "stdout", bytes: chunkOf(last + 1), atMs: 1, cursor: String(last + 1) } as const;
  await writer.append(again);
  await writer.release();
  const after = Buffer.concat(await Array.fromAsync(store.raw(RUN, { isFollowing: false, signal })));
  expect(after.equals(Buffer.concat([expected, again.bytes])), place).toBe(true);
}
