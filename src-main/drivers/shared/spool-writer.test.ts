import { mkdir, mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { decodeFrames, FRAME_HEADER_BYTES } from "#core/spool/frame.ts";
import { SystemClock } from "#main/platform/index.ts";
import { SpoolWriter } from "./spool-writer.ts";

const opening = { atMs: 1, payload: Buffer.from("who I am") };

async function framesOf(folder: string, file: string): Promise<readonly string[]> {
  const { frames, tail } = decodeFrames(await readFile(join(folder, file)), 0, crc32);
  expect(tail).toBe("none");
  return frames.map(({ kind, payload }) => `${kind} ${Buffer.from(payload)}`);
}

it("begins a new file when one is large enough, each with the opening frame", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "pilothouse-spool-"));
  const writer = new SpoolWriter({
    folder: folder.path,
    rotateBytes: 60,
    clock: new SystemClock(),
    opening,
    onFree: () => undefined,
  });

  writer.append("started", opening.payload);
  for (const word of ["first", "second", "third"]) writer.append("stdout", Buffer.from(word));
  await writer.sync();
  writer.close();

  expect(await framesOf(folder.path, "1.spool")).toEqual(
    ["started who I am", "stdout first", "stdout second"].slice(0, 3),
  );
  expect(await framesOf(folder.path, "2.spool")).toEqual(["started who I am", "stdout third"]);
});

it("keeps what a refusing disk does not take, in order, and writes it when it takes again", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "pilothouse-spool-"));
  const place = join(folder.path, "not-yet-there");
  const freed = Promise.withResolvers<void>();
  const writer = new SpoolWriter({
    folder: place,
    rotateBytes: 1 << 20,
    clock: new SystemClock(),
    opening,
    onFree: freed.resolve,
  });
  const buffer = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), Buffer.from("first")]);

  writer.appendInPlace("stdout", buffer);
  buffer.fill("?");
  writer.append("stderr", Buffer.from("second"));
  const wasBlocked = writer.isBlocked;
  await mkdir(place);
  await freed.promise;
  await writer.sync();
  writer.close();

  expect(wasBlocked).toBe(true);
  expect(writer.isBlocked).toBe(false);
  expect(await readdir(place)).toEqual(["1.spool"]);
  expect(await framesOf(place, "1.spool")).toEqual(["stdout first", "stderr second"]);
});
