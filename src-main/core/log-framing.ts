import type { LogStream } from "#contract/log.ts";

/**
 * The file format of a stored log: an 8-byte head, then frames without gaps.
 *
 * ```text
 * head    89 50 4c 4f 47 0d 0a, version (1)
 * frame   0  marker   f7 50 46 1a
 *XX
 *         5  reserved 0
 *         6  cursor length, UTF-16 units, 2 bytes
 *         8  payload length, 4 bytes
 *         12 time, 8-byte float
 *         20 checksum of bytes 0 to 19, 4 bytes
 *         24 cursor, payload, and the checksum of both (begun with the head's), 4 bytes
 * ```
 *
 * Numbers are little-endian. Every checksum begins with a seed of the log's own, so that a log printed into
 * another log is never taken for frames of that one.
 */
export const LOG_FILE_HEAD = Uint8Array.of(0x89, 0x50, 0x4c, 0x4f, 0x47, 0x0d, 0x0a, 0x01);

/** Largest payload of one frame; a larger chunk takes several, of which all or none count. */
export const FRAME_PAYLOAD_LIMIT = 256 * 1024;
const CURSOR_LIMIT_UNITS = 0xffff;

export const FRAME_MARKER = Uint8Array.of(0xf7, 0x50, 0x46, 0x1a);
export const FRAME_HEAD_BYTES = 24;
const CHECKSUM_BYTES = 4;
const MORE_FLAG = 0x80;
/** A head that claims a version beyond this was hit by damage. */
const HIGHEST_PLAUSIBLE_VERSION = 32;

const KINDS = ["stdout", "stderr", "sealed", "gap", "begin"] as const;
export type FrameKind = (typeof KINDS)[number];

/** CRC-32 of `bytes`, continuing from `begin`. */
export type Checksum = (bytes: Uint8Array, begin: number) => number;

export interface FramingOptions {
  readonly checksum: Checksum;
  /** Differs between logs. */
  readonly seed: number;
}

export interface Frame {
  readonly kind: FrameKind;
  readonly atMs: number;
  readonly cursor: string;
  /** A view of the decoded bytes. */
  readonly payload: Uint8Array;
  /** True for all but the last frame of a chunk. */
  readonly hasMore: boolean;
}

/**
 * What stands at a place of a file.
 *
 * - `frame`: a whole frame of `size` bytes
 * - `short`: the bytes end before that can be said; `needed` bytes from here are wanted
 * - `damage`: no frame begins here
 */
export type Decoded =
  | { readonly type: "frame"; readonly frame: Frame; readonly size: number }
  | { readonly type: "short"; readonly needed: number }
  | { readonly type: "damage" };

/** One chunk as frames, in pieces to be written one after the other; the payload is not copied. */
export function encodeChunk(
  chunk: { stream: LogStream | "gap" | "begin"; bytes: Uint8Array; atMs: number; cursor: string },
  options: FramingOptions,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  do {
    const payload = chunk.bytes.subarray(at, at + FRAME_PAYLOAD_LIMIT);
    at += payload.length;
    const frame: Frame = {
      kind: chunk.stream,
      atMs: chunk.atMs,
      cursor: chunk.cursor,
      payload,
      hasMore: at < chunk.bytes.length,
    };
    pieces.push(...encodeFrame(frame, options));
  } while (at < chunk.bytes.length);
  return pieces;
}

/** The mark of a complete log. */
export function encodeSeal(atMs: number, options: FramingOptions): Uint8Array[] {
  return encodeFrame(
    { kind: "sealed", atMs, cursor: "", payload: new Uint8Array(0), hasMore: false },
    options,
  );
}

/** Bytes a frame takes around its payload. */
export function frameBytesAround(cursor: string): number {
  return FRAME_HEAD_BYTES + cursor.length * 2 + CHECKSUM_BYTES;
}

function encodeFrame(frame: Frame, { checksum, seed }: FramingOptions): Uint8Array[] {
  const cursorUnits = frame.cursor.length;
  if (cursorUnits > CURSOR_LIMIT_UNITS)
    throw new RangeError(`A cursor of ${cursorUnits} characters is too long`);

  const front = new Uint8Array(FRAME_HEAD_BYTES + cursorUnits * 2);
  const view = new DataView(front.buffer);
  front.set(FRAME_MARKER);
  view.setUint8(4, (KINDS.indexOf(frame.kind) + 1) | (frame.hasMore ? MORE_FLAG : 0));
  view.setUint16(6, cursorUnits, true);
  view.setUint32(8, frame.payload.length, true);
  view.setFloat64(12, frame.atMs, true);
  const headSum = checksum(front.subarray(0, 20), seed);
  view.setUint32(20, headSum, true);
  for (let unit = 0; unit < cursorUnits; unit += 1) {
    view.setUint16(FRAME_HEAD_BYTES + unit * 2, frame.cursor.charCodeAt(unit), true);
  }

  const end = new Uint8Array(CHECKSUM_BYTES);
  const bodySum = checksum(frame.payload, checksum(front.subarray(FRAME_HEAD_BYTES), headSum));
  new DataView(end.buffer).setUint32(0, bodySum, true);
  return frame.payload.length === 0 ? [front, end] : [front, frame.payload, end];
}

/** Looks at the bytes from `at` on. Never throws, whatever they are. */
export function decodeFrame(bytes: Uint8Array, at: number, { checksum, seed }: FramingOptions): Decoded {
  const available = bytes.length - at;
  if (!beginsLikeMarker(bytes, at)) return { type: "damage" };
  if (available < FRAME_HEAD_BYTES) return { type: "short", needed: FRAME_HEAD_BYTES };

  const view = new DataView(bytes.buffer, bytes.byteOffset + at, available);
  const headSum = checksum(bytes.subarray(at, at + 20), seed);
  if (view.getUint32(20, true) !== headSum) return { type: "damage" };
  const kindByte = view.getUint8(4);
  const kind = KINDS[(kindByte & ~MORE_FLAG) - 1];
  const cursorBytes = view.getUint16(6, true) * 2;
  const payloadBytes = view.getUint32(8, true);
  if (kind === undefined || payloadBytes > FRAME_PAYLOAD_LIMIT) return { type: "damage" };

  const bodyEnd = FRAME_HEAD_BYTES + cursorBytes + payloadBytes;
  const size = bodyEnd + CHECKSUM_BYTES;
  if (available < size) return { type: "short", needed: size };
  const bodySum = checksum(bytes.subarray(at + FRAME_HEAD_BYTES, at + bodyEnd), headSum);
  if (view.getUint32(bodyEnd, true) !== bodySum) return { type: "damage" };

  const frame: Frame = {
    kind,
    atMs: view.getFloat64(12, true),
    cursor: cursorOf(view, cursorBytes / 2),
    payload: bytes.subarray(at + FRAME_HEAD_BYTES + cursorBytes, at + bodyEnd),
    hasMore: (kindByte & MORE_FLAG) !== 0,
  };
  return { type: "frame", frame, size };
}

/** What the head of a log file says: `ok`, `newer` for a later format, `damage` for anything else. */
export function checkFileHead(bytes: Uint8Array, wanted = LOG_FILE_HEAD): "ok" | "newer" | "damage" {
  const length = wanted.length;
  if (bytes.length < length) return "damage";
  const hasMagic = wanted.subarray(0, length - 1).every((byte, index) => bytes[index] === byte);
  if (!hasMagic) return "damage";
  const version = bytes[length - 1] ?? 0;
  const known = wanted[length - 1] ?? 0;
  if (version === known) return "ok";
  return version > known && version <= HIGHEST_PLAUSIBLE_VERSION ? "newer" : "damage";
}

function beginsLikeMarker(bytes: Uint8Array, at: number): boolean {
  const end = Math.min(FRAME_MARKER.length, bytes.length - at);
  for (let index = 0; index < end; index += 1) {
    if (bytes[at + index] !== FRAME_MARKER[index]) return false;
  }
  return true;
}

function cursorOf(view: DataView, units: number): string {
  let cursor = "";
  for (let unit = 0; unit < units; unit += 1) {
    cursor += String.fromCharCode(view.getUint16(FRAME_HEAD_BYTES + unit * 2, true));
  }
  return cursor;
}
