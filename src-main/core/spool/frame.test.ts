import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeFrames,
  encodeFrame,
  FRAME_HEADER_BYTES,
  type FrameKind,
  findFrame,
  MAX_PAYLOAD_BYTES,
} from "./frame.ts";

const kinds: readonly FrameKind[] = ["started", "stdout", "stderr", "sample", "tree", "exit", "gap"];
const frameArbitrary = fc.record({
  kind: fc.constantFrom(...kinds),
  atMs: fc.integer({ min: 0, max: 4e12 }),
  payload: fc.uint8Array({ maxLength: 300 }),
});

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe("spool frames", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.array(frameArbitrary, { maxLength: 10 }), (written) => {
        const bytes = join(written.map((frame) => encodeFrame(frame, crc32)));

        const read = decodeFrames(bytes, 100, crc32);

        expect(read.tail).toBe("none");
        expect(read.nextOffset).toBe(100 + bytes.byteLength);
        expect(read.frames.map(({ kind, atMs, payload }) => ({ kind, atMs, payload }))).toEqual(written);
      }),
    );
  });

  it("cut anywhere yield the whole frames before the cut, and the rest when reading goes on", () => {
    fc.assert(
      fc.property(fc.array(frameArbitrary, { minLength: 1, maxLength: 5 }), fc.nat(), (written, cutSeed) => {
        const bytes = join(written.map((frame) => encodeFrame(frame, crc32)));
        const cut = cutSeed % bytes.byteLength;

        const first = decodeFrames(bytes.subarray(0, cut), 0, crc32);
        const second = decodeFrames(bytes.subarray(first.nextOffset), first.nextOffset, crc32);

        expect(first.tail).not.toBe("damaged");
        expect(first.tail === "torn").toBe(first.nextOffset < cut);
        expect([...first.frames, ...second.frames].map((frame) => frame.payload)).toEqual(
          written.map((frame) => frame.payload),
        );
      }),
    );
  });

  it("with one flipped bit are never taken for whole", () => {
    fc.assert(
      fc.property(frameArbitrary, fc.nat(), (written, bitSeed) => {
        const bytes = encodeFrame(written, crc32);
        const bit = bitSeed % (bytes.byteLength * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));

        expect(decodeFrames(bytes, 0, crc32).frames).toEqual([]);
      }),
    );
  });

  it("are found again behind damage, and nothing else is taken for one", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 0xf5)), frameArbitrary, (damage, written) => {
        const frame = encodeFrame(written, crc32);

        expect(findFrame(join([Uint8Array.from(damage), frame]), 0, crc32)).toBe(damage.length);
        expect(findFrame(join([Uint8Array.from(damage), frame.subarray(0, -1)]), 0, crc32)).toBe(-1);
      }),
    );
  });

  it("of impossible length are damage, not a reason to wait for more", () => {
    const bytes = encodeFrame({ kind: "stdout", atMs: 0, payload: new Uint8Array(1) }, crc32);
    new DataView(bytes.buffer).setUint32(4, MAX_PAYLOAD_BYTES + 1, true);

    expect(decodeFrames(bytes, 0, crc32).tail).toBe("damaged");
  });

  it("of an unknown kind are damage", () => {
    const bytes = encodeFrame({ kind: "stdout", atMs: 0, payload: new Uint8Array(0) }, crc32);
    bytes[1] = 99;

    expect(decodeFrames(bytes, 0, crc32)).toEqual({ frames: [], nextOffset: 0, tail: "damaged" });
  });

  it("have a header of fixed size", () => {
    expect(encodeFrame({ kind: "exit", atMs: 1, payload: new Uint8Array(0) }, crc32)).toHaveLength(
      FRAME_HEADER_BYTES,
    );
  });
});
