import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkFileHead,
  decodeFrame,
  encodeChunk,
  encodeSeal,
  FRAME_HEAD_BYTES,
  FRAME_PAYLOAD_LIMIT,
  LOG_FILE_HEAD,
} from "./log-framing.ts";

const options = { checksum: crc32, seed: 7 };
const chunkArbitrary = fc.record({
  stream: fc.constantFrom("stdout", "stderr"),
  bytes: fc.uint8Array({ maxLength: 300 }),
  atMs: fc.double({ noNaN: true }),
  cursor: fc.string({ unit: "binary", maxLength: 20 }),
});

function encoded(chunk: { stream: "stdout" | "stderr"; bytes: Uint8Array; atMs: number; cursor: string }) {
  return new Uint8Array(Buffer.concat(encodeChunk(chunk, options)));
}

test("a chunk comes back as it was, wherever it stands in the bytes", () => {
  fc.assert(
    fc.property(chunkArbitrary, fc.uint8Array({ maxLength: 20 }), (chunk, before) => {
      const bytes = Buffer.concat([before, encoded(chunk), before]);

      const decoded = decodeFrame(bytes, before.length, options);

      expect(decoded).toMatchObject({ type: "frame", size: bytes.length - before.length * 2 });
      if (decoded.type !== "frame") return;
      expect({ ...decoded.frame, payload: [...decoded.frame.payload] }).toEqual({
        kind: chunk.stream,
        atMs: chunk.atMs,
        cursor: chunk.cursor,
        payload: [...chunk.bytes],
        hasMore: false,
      });
    }),
  );
});

test("a frame cut at any byte asks for more and is never taken for whole", () => {
  const bytes = encoded({ stream: "stderr", bytes: Buffer.from("hello"), atMs: 1, cursor: "c" });

  for (let length = 0; length < bytes.length; length += 1) {
    expect(decodeFrame(bytes.subarray(0, length), 0, options)).toEqual({
      type: "short",
      needed: length < FRAME_HEAD_BYTES ? FRAME_HEAD_BYTES : bytes.length,
    });
  }
});

test("no single changed byte goes unseen", () => {
  const bytes = encoded({ stream: "stdout", bytes: Buffer.from("hello"), atMs: 1, cursor: "c" });

  for (let at = 0; at < bytes.length; at += 1) {
    for (const flip of [1, 0x80, 0xff]) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      expect(decodeFrame(changed, 0, options).type, `byte ${at} ^ ${flip}`).not.toBe("frame");
    }
  }
});

test("any bytes can be looked at", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(220), (bytes, at) => {
      expect(decodeFrame(bytes, at, options).type).not.toBe("frame");
    }),
  );
});

test("a frame of another log is no frame here", () => {
  const bytes = encoded({ stream: "stdout", bytes: Buffer.from("hello"), atMs: 1, cursor: "c" });

  expect(decodeFrame(bytes, 0, { checksum: crc32, seed: 8 })).toEqual({ type: "damage" });
});

test("a frame with a sound checksum but an unknown kind or an impossible length is damage", () => {
  for (const [at, value] of [
    [4, 9],
    [11, 0xff],
  ] as const) {
    const bytes = encoded({ stream: "stdout", bytes: Buffer.from("hello"), atMs: 1, cursor: "" });
    bytes[at] = value;
    new DataView(bytes.buffer).setUint32(20, crc32(bytes.subarray(0, 20), 7), true);
    expect(decodeFrame(bytes, 0, options)).toEqual({ type: "damage" });
  }
});

test("a large chunk takes several frames, of which only the last one ends it", () => {
  const payload = Buffer.alloc(FRAME_PAYLOAD_LIMIT * 2 + 1, "x");
  const bytes = encoded({ stream: "stdout", bytes: payload, atMs: 1, cursor: "c" });
  const seen: [number, boolean][] = [];

  for (let at = 0; at < bytes.length; ) {
    const decoded = decodeFrame(bytes, at, options);
    if (decoded.type !== "frame") throw new Error(decoded.type);
    seen.push([decoded.frame.payload.length, decoded.frame.hasMore]);
    at += decoded.size;
  }

  expect(seen).toEqual([
    [FRAME_PAYLOAD_LIMIT, true],
    [FRAME_PAYLOAD_LIMIT, true],
    [1, false],
  ]);
});

test("the seal is a frame without content", () => {
  const bytes = Buffer.concat(encodeSeal(5, options));

  expect(decodeFrame(bytes, 0, options)).toMatchObject({ frame: { kind: "sealed", atMs: 5, cursor: "" } });
});

test("a cursor that does not fit is refused", () => {
  const chunk = { stream: "stdout", bytes: new Uint8Array(0), atMs: 1, cursor: "c".repeat(65_536) } as const;

  expect(() => encodeChunk(chunk, options)).toThrow(RangeError);
});

test("a file head tells a later format from damage", () => {
  const newer = Uint8Array.from(LOG_FILE_HEAD);
  newer[7] = 2;
  const older = Uint8Array.from(LOG_FILE_HEAD);
  older[7] = 0;
  const implausible = Uint8Array.from(LOG_FILE_HEAD);
  implausible[7] = 33;
  const foreign = Uint8Array.from(LOG_FILE_HEAD);
  foreign[1] = 0;

  expect(
    [LOG_FILE_HEAD, newer, older, implausible, foreign, LOG_FILE_HEAD.subarray(0, 7)].map((head) =>
      checkFileHead(head),
    ),
  ).toEqual(["ok", "newer", "damage", "damage", "damage", "damage"]);
});
