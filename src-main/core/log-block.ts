import type { LogStream, OutputGap } from "#contract/log.ts";
import { ByteReader, ByteWriter } from "./byte-codec.ts";
import type { OpenLine, SplitterState } from "./line-splitter.ts";
import { decodeGap, encodeGap } from "./output-gap.ts";

/** Where a reader of a log stands between two of its pieces. */
export interface PieceState {
  readonly splitter: SplitterState;
  /** Time of the last piece; what a damaged stretch is dated with. */
  readonly atMs: number;
}

/** What a block holds, in order of arrival. */
export type BlockEntry =
  | { readonly kind: LogStream; readonly sizeBytes: number; readonly atMs: number }
  /** The log was complete here; a run that was taken up again may have gone on. */
  | { readonly kind: "end"; readonly atMs: number }
  | { readonly kind: "missing"; readonly atMs: number; readonly gap: OutputGap };

/**
 * A stretch of a log that can be read without what lies before it.
 *
 * `payload` holds the bytes of all entries one after the other: what the run printed, and nothing else, so that
 * a search need not look at the entries before something was found.
 */
export interface LogBlock {
  readonly carry: PieceState;
  readonly entries: readonly BlockEntry[];
  readonly payload: Uint8Array;
}

const KINDS = ["stdout", "stderr", "end", "missing"] as const;

/** The block without its payload, which follows it directly. */
export function encodeBlockFront(block: Pick<LogBlock, "carry" | "entries">): Uint8Array {
  const writer = new ByteWriter();
  writeState(writer, block.carry);
  writer.count(block.entries.length);
  let lastMs = Math.round(block.carry.atMs);
  for (const entry of block.entries) {
    const atMs = Math.round(entry.atMs);
    writer.count(KINDS.indexOf(entry.kind));
    writer.difference(atMs - lastMs);
    lastMs = atMs;
    if (entry.kind === "missing") writer.bytes(encodeGap(entry.gap));
    else if (entry.kind !== "end") writer.count(entry.sizeBytes);
  }
  return writer.written();
}

/** @throws RangeError for bytes that are no block */
export function decodeBlock(bytes: Uint8Array): LogBlock {
  const reader = new ByteReader(bytes);
  const carry = readState(reader);
  const count = reader.count();
  const entries: BlockEntry[] = [];
  let atMs = Math.round(carry.atMs);
  for (let index = 0; index < count; index += 1) {
    const kind = KINDS[reader.count()];
    if (kind === undefined) throw new RangeError("an entry of an unknown kind");
    atMs += reader.difference();
    entries.push(readEntry(reader, kind, atMs));
  }
  return { carry, entries, payload: reader.rest() };
}

function readEntry(reader: ByteReader, kind: BlockEntry["kind"], atMs: number): BlockEntry {
  if (kind === "missing") return { kind, atMs, gap: decodeGap(reader.bytes()) };
  if (kind === "end") return { kind, atMs };
  return { kind, atMs, sizeBytes: reader.count() };
}

/** Where a log stood, with the bytes printed before, as a file of its own begins with it. */
export function encodeStanding(standing: { state: PieceState; payloadBytes: number }): Uint8Array {
  const writer = new ByteWriter();
  writer.count(standing.payloadBytes);
  writeState(writer, standing.state);
  return writer.written().slice();
}

/** @throws RangeError for bytes that are none */
export function decodeStanding(bytes: Uint8Array): { state: PieceState; payloadBytes: number } {
  const reader = new ByteReader(bytes);
  const payloadBytes = reader.count();
  return { payloadBytes, state: readState(reader) };
}

function writeState(writer: ByteWriter, { splitter, atMs }: PieceState): void {
  writer.count(splitter.lineCount);
  writer.difference(Math.round(atMs));
  for (const open of [splitter.stdout, splitter.stderr]) {
    writer.count(open.sizeBytes);
    if (open.sizeBytes === 0) continue;
    writer.difference(Math.round(open.atMs));
    writer.bytes(open.bytes);
  }
}

function readState(reader: ByteReader): PieceState {
  const lineCount = reader.count();
  const atMs = reader.difference();
  const stdout = readOpen(reader);
  const stderr = readOpen(reader);
  return { splitter: { lineCount, stdout, stderr }, atMs };
}

function readOpen(reader: ByteReader): OpenLine {
  const sizeBytes = reader.count();
  if (sizeBytes === 0) return { bytes: new Uint8Array(0), sizeBytes: 0, atMs: 0 };
  const atMs = reader.difference();
  return { sizeBytes, atMs, bytes: reader.bytes() };
}
