import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { decodeBlock, type LogBlock } from "#core/log-block.ts";
import type { FramingOptions } from "#core/log-framing.ts";
import {
  decodeRecordHead,
  RECORD_HEAD_BYTES,
  RECORD_MARKER,
  SEGMENT_HEAD,
  type SegmentRecord,
} from "#core/log-segment.ts";
import type { StoredBlock, StoredSegment } from "./log-records.ts";

const decompress = promisify(zstdDecompress);
/** Node takes no smaller ones. */
const LEAST_CHUNK_BYTES = 64;
const SCAN_BYTES = 1024 * 1024;

/** `log.plog`, `log.1.plog` … while they grow, `log.0.pseg`, `log.1.pseg` … once they are sealed. */
export function segmentName(segment: number, isSealed: boolean): string {
  if (isSealed) return `log.${segment}.pseg`;
  return segment === 0 ? "log.plog" : `log.${segment}.plog`;
}

/** The segment a file of a log's folder belongs to; null for other files. */
export function segmentOf(name: string): { segment: number; isSealed: boolean } | null {
  if (name === "log.plog") return { segment: 0, isSealed: false };
  const match = /^log\.(\d{1,9})\.(plog|pseg)$/.exec(name);
  return match === null ? null : { segment: Number(match[1]), isSealed: match[2] === "pseg" };
}

/** The block whose record lies in `bytes`; null when it is damaged. */
export async function openBlock(bytes: Uint8Array, options: FramingOptions): Promise<LogBlock | null> {
  const stored = storedBytesOf(bytes, options);
  if (stored === null) return null;
  try {
    return decodeBlock(await decompress(stored.bytes, unpackOptions(stored.rawBytes)));
  } catch {
    // The checksum held, so this was damaged before it was written; it is shown as damage all the same.
    return null;
  }
}

/**
 * How a block of this size is decompressed: into one buffer, not into many small ones that are then joined. A buffer
 * that is full to its last byte would make Node ask for another one.
 */
export function unpackOptions(rawBytes: number): { chunkSize: number } {
  return { chunkSize: Math.max(LEAST_CHUNK_BYTES, rawBytes + 1) };
}

/** The compressed bytes of a whole record, and how many they were; null when it is damaged. */
export function storedBytesOf(
  bytes: Uint8Array,
  options: FramingOptions,
): { bytes: Uint8Array; rawBytes: number } | null {
  const head = decodeRecordHead(bytes, 0, options);
  if (head?.kind !== "block") return null;
  const stored = bytes.subarray(RECORD_HEAD_BYTES, RECORD_HEAD_BYTES + head.storedBytes);
  if (stored.length < head.storedBytes) return null;
  if (options.checksum(stored, options.seed) !== head.checksum) return null;
  return { bytes: stored, rawBytes: head.rawBytes };
}

/** Reads up to `length` bytes; fewer where the file ends. */
export async function readRange(
  file: FileHandle,
  { offset, length }: { offset: number; length: number },
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/**
 * Makes the index of a sealed segment from its file, head by head. Records whose heads are damaged are found to be
 * missing when the lines of their neighbours do not meet.
 */
export async function scanSegment(
  file: FileHandle,
  { segment, framing }: { segment: number; framing: FramingOptions },
): Promise<StoredSegment> {
  const { size } = await file.stat();
  const blocks: StoredBlock[] = [];
  let end: { isComplete: boolean; cursor: string | null } = { isComplete: false, cursor: null };
  let offset = SEGMENT_HEAD.length;
  while (offset + RECORD_HEAD_BYTES <= size) {
    const head = decodeRecordHead(await readRange(file, { offset, length: RECORD_HEAD_BYTES }), 0, framing);
    if (head === null) {
      offset = await findRecord(file, { from: offset + 1, size, framing });
      continue;
    }
    const bodyAt = offset + RECORD_HEAD_BYTES;
    if (head.kind === "end") {
      end = endOf(head, await readRange(file, { offset: bodyAt, length: head.storedBytes }));
    } else {
      const { kind, ...rest } = head;
      blocks.push({ ...rest, offset });
    }
    offset = bodyAt + head.storedBytes;
  }
  return { segment, fileBytes: size, ...end, blocks };
}

function endOf(
  { rawBytes }: SegmentRecord,
  body: Uint8Array,
): { isComplete: boolean; cursor: string | null } {
  const hasCursor = (rawBytes & 2) !== 0;
  return {
    isComplete: (rawBytes & 1) !== 0,
    cursor: hasCursor ? Buffer.from(body).toString("utf16le") : null,
  };
}

/** What `endOf` reads. */
export function endFlags({ isComplete, cursor }: Pick<StoredSegment, "isComplete" | "cursor">): number {
  return (isComplete ? 1 : 0) | (cursor === null ? 0 : 2);
}

async function findRecord(
  file: FileHandle,
  { from, size, framing }: { from: number; size: number; framing: FramingOptions },
): Promise<number> {
  const marker = Buffer.from(RECORD_MARKER);
  for (let at = from; at < size; at += SCAN_BYTES - RECORD_HEAD_BYTES) {
    const window = Buffer.from(await readRange(file, { offset: at, length: SCAN_BYTES }));
    for (let found = window.indexOf(marker); found !== -1; found = window.indexOf(marker, found + 1)) {
      if (decodeRecordHead(window, found, framing) !== null) return at + found;
    }
    if (window.length < SCAN_BYTES) break;
  }
  return size;
}
