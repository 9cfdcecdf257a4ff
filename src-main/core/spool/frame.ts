/**
 * The spool: what the supervisor of a run writes down and the core reads, now or after a restart, on this
 * computer or over a link. A spool is a row of files `1.spool`, `2.spool`, …; each is a row of frames.
 *
 * A frame is a header of 20 bytes, little endian, and its payload:
 *
 * | offset | size | meaning |
 * |---|---|---|
 * | 0 | 1 | mark, 0xF5 (never part of UTF-8, so text is not taken for a frame) |
 * | 1 | 1 | kind |
 * | 2 | 2 | zero |
 * | 4 | 4 | length of the payload |
 * | 8 | 8 | time in ms since the epoch, float |
 * | 16 | 4 | CRC-32 of the payload, begun with the CRC-32 of the first 16 bytes |
 *
 * A writer only ever appends, so a frame that is not whole can only be the last one.
 */
export const FRAME_HEADER_BYTES = 20;
/** Larger payloads are written as several frames; a reader takes a larger length for damage. */
export const MAX_PAYLOAD_BYTES = 1 << 20;

const FRAME_MARK = 0xf5;

/** `started` opens every file of a spool, so that each can be understood when earlier ones are gone. */
const KIND_CODES = { started: 1, stdout: 2, stderr: 3, sample: 4, tree: 5, exit: 6, gap: 7 } as const;
export type FrameKind = keyof typeof KIND_CODES;
const KIND_NAMES = new Map<number, FrameKind>(
  Object.entries(KIND_CODES).map(([name, code]) => [code, name as FrameKind]),
);

/** CRC-32 (IEEE), continued from `seed`; handed in because the platform has a fast one. */
export type Checksum = (bytes: Uint8Array, seed: number) => number;

export interface Frame {
  readonly kind: FrameKind;
  readonly atMs: number;
  readonly payload: Uint8Array;
  /** Offset behind the frame, counted like the `base` that was given to `decodeFrames`. */
  readonly endOffset: number;
}

export interface DecodedFrames {
  readonly frames: readonly Frame[];
  /** Offset behind the last whole frame: where reading goes on. */
  readonly nextOffset: number;
  /**
   * `none`: the bytes end with a frame. `torn`: they end inside one; more may come. `damaged`: what follows
   * `nextOffset` is not a frame and never will be.
   */
  readonly tail: "none" | "torn" | "damaged";
}

/** Writes the header for `payload` into the first 20 bytes of `into`; copies no payload. */
export function writeFrameHeader(
  into: Uint8Array,
  frame: { readonly kind: FrameKind; readonly atMs: number; readonly payload: Uint8Array },
  checksum: Checksum,
): void {
  const view = new DataView(into.buffer, into.byteOffset, FRAME_HEADER_BYTES);
  view.setUint8(0, FRAME_MARK);
  view.setUint8(1, KIND_CODES[frame.kind]);
  view.setUint16(2, 0, true);
  view.setUint32(4, frame.payload.byteLength, true);
  view.setFloat64(8, frame.atMs, true);
  const seed = checksum(into.subarray(0, 16), 0);
  view.setUint32(16, checksum(frame.payload, seed), true);
}

export function encodeFrame(
  frame: { readonly kind: FrameKind; readonly atMs: number; readonly payload: Uint8Array },
  checksum: Checksum,
): Uint8Array {
  const whole = new Uint8Array(FRAME_HEADER_BYTES + frame.payload.byteLength);
  whole.set(frame.payload, FRAME_HEADER_BYTES);
  writeFrameHeader(whole, frame, checksum);
  return whole;
}

/**
 * All whole frames in `bytes`, which begin at offset `base` of their file and at the border of a frame.
 * Payloads are views into `bytes`.
 */
export function decodeFrames(bytes: Uint8Array, base: number, checksum: Checksum): DecodedFrames {
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const step = decodeOne(bytes.subarray(at), checksum);
    if (step === "torn" || step === "damaged") return { frames, nextOffset: base + at, tail: step };
    at += FRAME_HEADER_BYTES + step.payload.byteLength;
    frames.push({ ...step, endOffset: base + at });
  }
  return { frames, nextOffset: base + at, tail: "none" };
}

/** Where the first whole frame begins in `bytes` from `from` on; -1 when there is none. For what lies behind damage. */
export function findFrame(bytes: Uint8Array, from: number, checksum: Checksum): number {
  for (let at = bytes.indexOf(FRAME_MARK, from); at !== -1; at = bytes.indexOf(FRAME_MARK, at + 1)) {
    const isLikely = bytes[at + 2] === 0 && bytes[at + 3] === 0;
    if (isLikely && typeof decodeOne(bytes.subarray(at), checksum) === "object") return at;
  }
  return -1;
}

function decodeOne(bytes: Uint8Array, checksum: Checksum): Omit<Frame, "endOffset"> | "torn" | "damaged" {
  if (bytes[0] !== FRAME_MARK) return "damaged";
  if (bytes.byteLength < FRAME_HEADER_BYTES) return "torn";
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES);
  const kind = KIND_NAMES.get(view.getUint8(1));
  const length = view.getUint32(4, true);
  if (kind === undefined || length > MAX_PAYLOAD_BYTES) return "damaged";
  if (bytes.byteLength < FRAME_HEADER_BYTES + length) return "torn";
  const payload = bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length);
  const seed = checksum(bytes.subarray(0, 16), 0);
  if (view.getUint32(16, true) !== checksum(payload, seed)) return "damaged";
  return { kind, atMs: view.getFloat64(8, true), payload };
}
