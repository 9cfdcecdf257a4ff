import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { runIdSchema } from "#contract/ids.ts";
import { LOG_FILE_HEAD } from "#core/log-framing.ts";
import { MemoryLogRecords } from "#tests/helpers/log-store.ts";
import { FrameReader } from "./frame-reader.ts";
import { LogFileWriter, type WritableFile } from "./log-file-writer.ts";
import { LogState } from "./log-state.ts";

const RUN = runIdSchema.parse("0000000000000001");
const clock = { nowMs: () => 5, monotonicMs: () => 0, after: () => ({ cancel: () => undefined }) };

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

/**
 * A file whose system keeps writes in memory until a sync, and, like Linux, drops what a failed sync could not
 * write without ever saying so again.
 */
class FakeDisk implements WritableFile {
  /** What a power cut would leave. */
  disk = Buffer.from(LOG_FILE_HEAD);
  memory = Buffer.from(LOG_FILE_HEAD);
  /** Errors for the next calls of each kind, in order; undefined lets one pass. */
  readonly faults: Record<"writev" | "truncate" | "datasync", (string | undefined)[]> = {
    writev: [],
    truncate: [],
    datasync: [],
  };
  #dirty: { from: number; to: number }[] = [];

  async writev(pieces: readonly Uint8Array[], position: number): Promise<{ bytesWritten: number }> {
    const fault = this.faults.writev.shift();
    const bytes = Buffer.concat(pieces);
    // A disk that fills up takes a part first.
    const taken = fault === "part" ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
    if (fault !== undefined && fault !== "part") throw systemError(fault);
    this.memory = put(this.memory, taken, position);
    this.#dirty.push({ from: position, to: position + taken.length });
    return { bytesWritten: taken.length };
  }

  async truncate(length = 0): Promise<void> {
    const fault = this.faults.truncate.shift();
    if (fault !== undefined) throw systemError(fault);
    this.memory = this.memory.subarray(0, length);
  }

  async datasync(): Promise<void> {
    const fault = this.faults.datasync.shift();
    const dirty = this.#dirty;
    this.#dirty = [];
    if (fault !== undefined) throw systemError(fault);
    for (const { from, to } of dirty) this.disk = put(this.disk, this.memory.subarray(from, to), from);
  }

  async read(target: Uint8Array, { position }: { position: number }): Promise<{ bytesRead: number }> {
    return { bytesRead: this.memory.copy(target, 0, position, position + target.length) };
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}

function put(before: Buffer, bytes: Uint8Array, position: number): Buffer<ArrayBuffer> {
  const after = Buffer.alloc(Math.max(before.length, position + bytes.length));
  before.copy(after);
  after.set(bytes, position);
  return after;
}

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-writer-"));
  const state = new LogState({
    runId: RUN,
    folder: path.join(folder, "log"),
    records: new MemoryLogRecords(),
  });
  await mkdir(state.folder);
  state.begin();
  const disk = new FakeDisk();
  const writer = new LogFileWriter({
    files: { open: async () => disk, next: () => Promise.reject(new Error("no log here is that long")) },
    state,
    clock,
    segmentBytes: 1_000_000,
    onSegmentFinished: () => Promise.resolve(),
    onClosed: () => undefined,
  });
  await writer.open();
  return {
    disk,
    writer,
    append: (text: string) =>
      writer.append({ stream: "stdout", bytes: Buffer.from(text), atMs: 1, cursor: `after ${text}` }),
    /** The text a reader finds in these bytes, with a mark for each damaged place. */
    async textOf(bytes: Uint8Array): Promise<string> {
      await writeFile(state.fileOf(0, false), bytes);
      await using file = await open(state.fileOf(0, false));
      const reader = new FrameReader({ file, framing: state.framing, offset: 0 });
      let text = "";
      const { length } = bytes;
      for (let pieces = await reader.read(length); pieces.length > 0; pieces = await reader.read(length)) {
        for (const piece of pieces)
          text += piece.type === "gap" ? "<gap>" : Buffer.from(piece.frame.payload).toString();
      }
      return reader.offset === length ? text : `${text}<rest>`;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test("what a failed sync dropped is written again by the next one", async () => {
  await using context = await setup();
  context.disk.faults.datasync.push(undefined, "EIO");
  await context.append("one ");
  await context.writer.sync();
  await context.append("two ");

  await expect(context.writer.sync()).rejects.toEqual(expect.objectContaining({ code: "data.io_failed" }));
  await context.append("three");
  await context.writer.sync();

  expect(await context.textOf(context.disk.disk)).toBe("one two three");
});

test("a write that was taken in parts is whole", async () => {
  await using context = await setup();
  context.disk.faults.writev.push("part", "part", "part");

  await context.append("one ");
  await context.append("two");

  expect(await context.textOf(context.disk.memory)).toBe("one two");
});

test("remains of a refused write that could not be cut off are cut off before the next one", async () => {
  await using context = await setup();
  await context.append("one ");
  context.disk.faults.writev.push("part", "ENOSPC");
  context.disk.faults.truncate.push("EIO", "EIO");
  const long = "x".repeat(1_000);

  await expect(context.append(long)).rejects.toEqual(expect.objectContaining({ code: "data.full" }));
  await expect(context.append("two")).rejects.toEqual(expect.objectContaining({ code: "data.io_failed" }));
  expect(context.writer.cursor).toBe("after one ");
  await context.append("two");

  expect(await context.textOf(context.disk.memory)).toBe("one two");
});

test("a seal that could not be made durable can be tried again, and seals once", async () => {
  await using context = await setup();
  await context.append("one");
  context.disk.faults.datasync.push("EIO");

  await expect(context.writer.seal()).rejects.toEqual(expect.objectContaining({ code: "data.io_failed" }));
  const length = context.disk.memory.length;
  await context.writer.seal();

  expect(context.disk.memory.length).toBe(length);
  expect(await context.textOf(context.disk.disk)).toBe("one");
  await expect(context.append("late")).rejects.toThrow("closed");
});
