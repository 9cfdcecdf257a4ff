import type { FramingOptions } from "./log-framing.ts";

/**
 * The file format of a sealed segment: an 8-byte head, then records without gaps. The last one is the end record.
 *
 * ```text
 * head    89 50 53 45 47 0d 0a, version (1)
 * record  0  marker  f7 50 53 2e
 *         4  kind    1 block, 2 end
 *         5  levels  bits, see `LOG_LEVELS`
 *         6  reserved 0
 *         8  stored bytes, 4     12 raw bytes, 4
 *         16 lines before, 8-byte float     24 lines, 4     28 gaps, 4
 *         32 payload before, 8-byte float   40 payload bytes, 4   44 reserved 0
 *         48 first time, 8-byte float       56 last time, 8-byte float
 *         64 checksum of the stored bytes, 4
 *         68 checksum of bytes 0 to 67, 4
 *         72 the stored bytes: zstd of a block; of the end record the cursor, UTF-16
 * ```
 *
 * Numbers are little-endian; checksums begin with the log's own seed, as those of frames do.
 */
export const SEGMENT_HEAD = Uint8Array.of(0x89, 0x50, 0x53, 0x45, 0x47, 0x0d, 0x0a, 0x01);
export const RECORD_HEAD_BYTES = 72;
export const RECORD_MARKER = Uint8Array.of(0xf7, 0x50, 0x53, 0x2e);

/** Largest plain size of a block that is believed; a larger one was hit by damage. */
const RAW_LIMIT_BYTES = 64 * 1024 * 1024;

export interface SegmentRecord {
  readonly kind: "block" | "end";
  /** Bit n: a line of level n of `LOG_LEVELS` may be inside. */
  readonly levels: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
  /** Lines completed before the block. */
  readonly linesBefore: number;
  readonly lineCount: number;
  readonly gapCount: number;
  /** Bytes printed before the block. */
  readonly payloadBefore: number;
  readonly payloadBytes: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly checksum: number;
}

export function encodeRecordHead(record: SegmentRecord, options: FramingOptions): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(RECORD_MARKER);
  view.setUint8(4, record.kind === "block" ? 1 : 2);
  view.setUint8(5, record.levels);
  view.setUint32(8, record.storedBytes, true);
  view.setUint32(12, record.rawBytes, true);
  view.setFloat64(16, record.linesBefore, true);
  view.setUint32(24, record.lineCount, true);
  view.setUint32(28, record.gapCount, true);
  view.setFloat64(32, record.payloadBefore, true);
  view.setUint32(40, record.payloadBytes, true);
  view.setFloat64(48, record.firstAtMs, true);
  view.setFloat64(56, record.lastAtMs, true);
  view.setUint32(64, record.checksum, true);
  view.setUint32(68, options.checksum(bytes.subarray(0, 68), options.seed), true);
  return bytes;
}

/** The record whose head begins at `at`; null when none does. Never throws, whatever the bytes are. */
export function decodeRecordHead(
  bytes: Uint8Array,
  at: number,
  options: FramingOptions,
): SegmentRecord | null {
  if (bytes.length - at < RECORD_HEAD_BYTES) return null;
  if (RECORD_MARKER.some((byte, index) => bytes[at + index] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, RECORD_HEAD_BYTES);
  const sum = options.checksum(bytes.subarray(at, at + 68), options.seed);
  if (view.getUint32(68, true) !== sum) return null;
  const kind = view.getUint8(4);
  const rawBytes = view.getUint32(12, true);
  if ((kind !== 1 && kind !== 2) || rawBytes > RAW_LIMIT_BYTES) return null;
  return {
    kind: kind === 1 ? "block" : "end",
    levels: view.getUint8(5),
    storedBytes: view.getUint32(8, true),
    rawBytes,
    linesBefore: view.getFloat64(16, true),
    lineCount: view.getUint32(24, true),
    gapCount: view.getUint32(28, true),
    payloadBefore: view.getFloat64(32, true),
    payloadBytes: view.getUint32(40, true),
    firstAtMs: view.getFloat64(48, true),
    lastAtMs: view.getFloat64(56, true),
    checksum: view.getUint32(64, true),
  };
}
