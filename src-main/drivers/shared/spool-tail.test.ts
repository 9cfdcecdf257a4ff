import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SPOOL_BEGINNING } from "#core/spool/cursor.ts";
import { encodeFrame, FRAME_HEADER_BYTES } from "#core/spool/frame.ts";
import type { OutputChunk } from "../driver.ts";
import { chunksOf, SpoolTail, type SpoolTailOptions } from "./spool-tail.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-tail-"));
});
afterAll(() => rm(folder, { recursive: true }));

const OUTPUT: SpoolTailOptions = { from: SPOOL_BEGINNING, isTornToldAgain: false };

function frame(text: string): Buffer {
  return Buffer.from(encodeFrame({ kind: "stdout", atMs: 1, payload: Buffer.from(text) }, crc32));
}

/** Writes the files of a spool, by their numbers. */
async function spool(files: Readonly<Record<number, Uint8Array>>): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name));
  for (const [number, bytes] of Object.entries(files)) {
    await writeFile(join(folder, `${number}.spool`), bytes);
  }
}

async function read(options: SpoolTailOptions, isFinished = true): Promise<readonly OutputChunk[]> {
  const tail = new SpoolTail(folder, options);
  const chunks: OutputChunk[] = [];
  try {
    for (;;) {
      const frames = await tail.readMore({ isFinished });
      if (frames.length === 0) return chunks;
      chunks.push(...frames.flatMap(chunksOf));
    }
  } finally {
    await tail.close();
  }
}

/** Texts, and gaps as their cause and size. */
function shown(chunks: readonly OutputChunk[]): readonly string[] {
  return chunks.map((chunk) =>
    "gap" in chunk ? `${chunk.gap.cause} ${chunk.gap.sizeBytes}` : Buffer.from(chunk.bytes).toString(),
  );
}

test("one byte that changed, wherever it is, costs one frame, and a gap of its size stands there", async () => {
  const words = ["one", "two", "three", "four"];
  const whole = Buffer.concat(words.map(frame));
  for (let at = 0; at < whole.length; at += 1) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 0x55;
    await spool({ 1: bytes, 2: frame("next") });

    const found = shown(await read(OUTPUT));

    let end = 0;
    const hit = words.findIndex((word) => {
      end += FRAME_HEADER_BYTES + word.length;
      return at < end;
    });
    const wanted = words.map((word, index) => (index === hit ? `copy-damaged ${word.length}` : word));
    expect(found, `byte ${at}`).toEqual([...wanted, "next"]);
  }
});

test("damage is passed as soon as something whole follows, also while the spool grows", async () => {
  await spool({ 1: Buffer.concat([frame("a"), Buffer.from("????"), frame("b")]) });

  expect(shown(await read(OUTPUT, false))).toEqual(["a", "copy-damaged 0", "b"]);
});

test("a file that is gone is a gap for whoever has not read it, and none behind it", async () => {
  await spool({ 1: frame("a"), 2: frame("b"), 4: frame("d") });
  const all = await read(OUTPUT);

  expect(shown(all)).toEqual(["a", "b", "copy-lost null", "d"]);
  for (const [index, { cursor }] of all.entries()) {
    const [file = 0, offset = 0] = cursor.split(":").map(Number);
    const rest = await read({ ...OUTPUT, from: { file, offset } });
    expect(shown(rest), cursor).toEqual(shown(all).slice(index + 1));
  }
});

test("who begins with what is left misses nothing", async () => {
  await spool({ 3: frame("c"), 4: frame("d") });

  expect(shown(await read({ ...OUTPUT, from: null }))).toEqual(["c", "d"]);
});

test("the torn end of a file is lost, unless it was written again into the next one", async () => {
  const torn = frame("torn").subarray(0, -1);
  await spool({ 1: Buffer.concat([frame("a"), torn]), 2: frame("b") });

  expect(shown(await read(OUTPUT))).toEqual(["a", "copy-damaged 3", "b"]);
  expect(shown(await read({ ...OUTPUT, isTornToldAgain: true }))).toEqual(["a", "b"]);
});

test("what comes next is waited for, not taken for lost", async () => {
  await spool({ 1: Buffer.concat([frame("a"), frame("torn").subarray(0, -1)]) });

  expect(shown(await read(OUTPUT, false))).toEqual(["a"]);
});
