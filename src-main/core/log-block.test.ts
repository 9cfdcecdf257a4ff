import fc from "fast-check";
import { expect, test } from "vitest";
import { GAP_CAUSES } from "#contract/log.ts";
import { ByteReader, ByteWriter } from "./byte-codec.ts";
import {
  type BlockEntry,
  decodeBlock,
  decodeStanding,
  encodeBlockFront,
  encodeStanding,
  type PieceState,
} from "./log-block.ts";
import { decodeRecordHead, encodeRecordHead, RECORD_HEAD_BYTES, type SegmentRecord } from "./log-segment.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const atMs = fc.integer({ min: -1e13, max: 1e13 });
const open = fc.oneof(
  fc.constant({ bytes: new Uint8Array(0), sizeBytes: 0, atMs: 0 }),
  fc.record({ bytes, sizeBytes: fc.integer({ min: 1, max: 2 ** 40 }), atMs }),
);
const state: fc.Arbitrary<PieceState> = fc.record({
  atMs,
  splitter: fc.record({ lineCount: fc.nat(2 ** 40), stdout: open, stderr: open }),
});
const entry: fc.Arbitrary<BlockEntry> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("stdout" as const, "stderr" as const),
    sizeBytes: fc.nat(300_000),
    atMs,
  }),
  fc.record({ kind: fc.constant("end" as const), atMs }),
  fc.record({
    kind: fc.constant("missing" as const),
    atMs,
    gap: fc.record({ sizeBytes: fc.option(fc.maxSafeNat()), cause: fc.constantFrom(...GAP_CAUSES) }),
  }),
);

test("a block comes back as it was", () => {
  fc.assert(
    fc.property(state, fc.array(entry), bytes, (carry, entries, payload) => {
      const front = encodeBlockFront({ carry, entries });

      const block = decodeBlock(Uint8Array.from([...front, ...payload]));

      expect(block).toEqual({ carry, entries, payload });
    }),
  );
});

test("where a log stood comes back as it was", () => {
  fc.assert(
    fc.property(state, fc.nat(2 ** 50), (standing, payloadBytes) => {
      const encoded = encodeStanding({ state: standing, payloadBytes });

      expect(decodeStanding(encoded)).toEqual({ state: standing, payloadBytes });
    }),
  );
});

test("bytes that are no block are refused, never taken for one or read beyond their end", () => {
  fc.assert(
    fc.property(bytes, (noise) => {
      try {
        decodeBlock(noise);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
  expect(() => decodeBlock(Uint8Array.of(0, 0, 0, 0, 1, 9, 0))).toThrow("unknown kind");
});

test("counts of any size are kept, and others are refused", () => {
  const writer = new ByteWriter();
  const values = [0, 127, 128, 2 ** 32, Number.MAX_SAFE_INTEGER];
  for (const value of values) writer.count(value);
  for (const value of [-1, 0, 5, -(2 ** 40)]) writer.difference(value);
  const reader = new ByteReader(writer.written());

  expect(values.map(() => reader.count())).toEqual(values);
  expect([1, 2, 3, 4].map(() => reader.difference())).toEqual([-1, 0, 5, -(2 ** 40)]);
  expect(() => writer.count(1.5)).toThrow(RangeError);
  expect(() => reader.count()).toThrow(RangeError);
  expect(() => new ByteReader(new Uint8Array(20).fill(0xff)).count()).toThrow(RangeError);
});

const framing = {
  checksum: (some: Uint8Array, begin: number) =>
    some.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, begin),
  seed: 5,
};
const RECORD: SegmentRecord = {
  kind: "block",
  levels: 5,
  storedBytes: 6,
  rawBytes: 7,
  linesBefore: 2 ** 40,
  lineCount: 9,
  gapCount: 1,
  payloadBefore: 2 ** 41,
  payloadBytes: 11,
  firstAtMs: 1.5,
  lastAtMs: 2.5,
  checksum: 0xffff_ffff,
};

test("the head of a record comes back as it was, at any place", () => {
  for (const record of [RECORD, { ...RECORD, kind: "end" } as const]) {
    const placed = Uint8Array.from([1, 2, 3, ...encodeRecordHead(record, framing)]);

    expect(decodeRecordHead(placed, 3, framing)).toEqual(record);
  }
});

test("a head with any changed bit, a missing end, another log's seed or an impossible size is none", () => {
  const head = encodeRecordHead(RECORD, framing);
  for (let bit = 0; bit < RECORD_HEAD_BYTES * 8; bit += 1) {
    const changed = head.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(decodeRecordHead(changed, 0, framing), `bit ${bit}`).toBeNull();
  }
  const huge = encodeRecordHead({ ...RECORD, rawBytes: 2 ** 31 }, framing);

  expect(decodeRecordHead(head.subarray(0, 71), 0, framing)).toBeNull();
  expect(decodeRecordHead(head, 0, { ...framing, seed: 6 })).toBeNull();
  expect(decodeRecordHead(huge, 0, framing)).toBeNull();
});
