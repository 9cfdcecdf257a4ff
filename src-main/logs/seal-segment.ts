import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { constants, crc32, zstdCompressSync } from "node:zlib";
import { ByteWriter } from "#core/byte-codec.ts";
import { type BlockEntry, decodeStanding, encodeBlockFront, type LogBlock } from "#core/log-block.ts";
import type { FramingOptions } from "#core/log-framing.ts";
import { LevelScan } from "#core/log-line/level-scan.ts";
import { encodeRecordHead, SEGMENT_HEAD, type SegmentRecord } from "#core/log-segment.ts";
import { syncFolder } from "#main/platform/index.ts";
import { type BlockRef, EVERY_LEVEL } from "./block-ref.ts";
import { BlockTracker } from "./block-tracker.ts";
import { type FilePiece, FrameReader } from "./frame-reader.ts";
import { type LogPiece, pieceOf } from "./log-piece.ts";
import type { StoredBlock, StoredSegment } from "./log-records.ts";
import { endFlags, segmentName } from "./segment-file.ts";

/** What a segment needs to be sealed; plain data, as it goes to a worker. */
export interface SealJob {
  readonly folder: string;
  readonly segment: number;
  /** The log's own seed for checksums. */
  readonly seed: number;
  /** Where its whole chunks end. */
  readonly committedBytes: number;
}

/** Fast, and for logs hardly larger than what slower levels make. */
const LEVEL = 1;
/** Room for what a block is compressed to, taken in such pieces; every block leaves one behind as garbage. */
const OUTPUT_BYTES = 32 * 1024;
const WRITE_BYTES = 1024 * 1024;
const LINE_FEED = 10;

/**
 * Writes the sealed form of a finished plain segment beside it: durable and under its name when this resolves. The
 * plain file stays; the caller removes it. Null, and nothing written, when the segment is damaged: it stays plain, so
 * that the damage keeps its place among the lines.
 */
export async function sealSegment(job: SealJob): Promise<StoredSegment | null> {
  const target = path.join(job.folder, segmentName(job.segment, true));
  const draft = `${target}.draft`;
  const source = await open(path.join(job.folder, segmentName(job.segment, false)), "r");
  try {
    const output = await open(draft, "w", 0o600);
    try {
      const sealing = new Sealing(job, (bytes) => output.writeFile(bytes));
      const stored = await sealing.run(
        new FrameReader({ file: source, framing: sealing.framing, offset: 0, reusesMemory: true }),
      );
      if (stored === null) return null;
      await output.sync();
      await rename(draft, target);
      await syncFolder(job.folder);
      return stored;
    } finally {
      await output.close();
    }
  } finally {
    await source.close();
    await rm(draft, { force: true });
  }
}

class Sealing {
  readonly framing: FramingOptions;
  readonly #job: SealJob;
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #tracker = new BlockTracker();
  readonly #blocks: StoredBlock[] = [];
  #entries: BlockEntry[] = [];
  /** What the open block holds so far. Copied: the reader uses its memory again. */
  readonly #payload = new ByteWriter();
  /** Some chunk of the open block does not end with a line. */
  #endsInLine = false;
  readonly #whole = new ByteWriter();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #fileBytes = 0;
  #cursor: string | null = null;
  #isComplete = false;

  constructor(job: SealJob, write: (bytes: Uint8Array) => Promise<void>) {
    this.#job = job;
    this.#write = write;
    this.framing = { checksum: crc32, seed: job.seed };
  }

  async run(reader: FrameReader): Promise<StoredSegment | null> {
    const { committedBytes, segment } = this.#job;
    this.#tracker.beginSegment(segment);
    this.#put(SEGMENT_HEAD);
    for (;;) {
      const pieces = await reader.read(committedBytes);
      if (pieces.length === 0) break;
      for (const piece of pieces) {
        if (piece.type === "gap") return null;
        this.#take(piece);
      }
      await this.#flush(WRITE_BYTES);
    }
    if (reader.offset < committedBytes) return null;
    this.#endBlock();
    this.#putEnd();
    await this.#flush(0);
    return {
      segment,
      fileBytes: this.#fileBytes,
      isComplete: this.#isComplete,
      cursor: this.#cursor,
      blocks: this.#blocks,
    };
  }

  #take(piece: Extract<FilePiece, { type: "frame" }>): void {
    const { kind, payload, cursor } = piece.frame;
    // A copy, because the tracker may hold on to it.
    if (kind === "begin") this.#tracker.continueFrom(decodeStanding(new Uint8Array(payload)));
    this.#isComplete = kind === "sealed";
    if (kind !== "sealed" && kind !== "begin") this.#cursor = cursor;
    this.#add(pieceOf(piece), piece);
  }

  #add(piece: LogPiece | null, place: { start: number; end: number }): void {
    if (piece === null) return;
    const before = this.#tracker.refs.length;
    this.#tracker.add(piece, place);
    // The piece begins a new block, so the one before it is whole.
    if (this.#tracker.refs.length > before && before > 0) this.#endBlock(before - 1);
    if (piece.kind === "bytes") {
      this.#entries.push({ kind: piece.stream, sizeBytes: piece.payload.length, atMs: piece.atMs });
      this.#payload.raw(piece.payload);
      if (piece.payload.at(-1) !== LINE_FEED) this.#endsInLine = true;
    } else if (piece.kind === "end") this.#entries.push({ kind: "end", atMs: piece.atMs });
    else if (piece.kind === "gap") {
      this.#entries.push({ kind: "missing", atMs: piece.atMs ?? 0, gap: piece.gap });
    }
  }

  #endBlock(index = this.#tracker.refs.length - 1): void {
    const ref = this.#tracker.refs[index];
    if (ref === undefined || ref.state === null || this.#entries.length === 0) return;
    const block = { carry: ref.state, entries: this.#entries };
    const payload = this.#payload.written();
    this.#whole.clear();
    this.#whole.raw(encodeBlockFront(block));
    this.#whole.raw(payload);
    const raw = this.#whole.written();
    const stored = zstdCompressSync(raw, {
      chunkSize: OUTPUT_BYTES,
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    });
    const record = {
      ...figuresOf(ref),
      kind: "block",
      levels: levelsIn({ ...block, payload }, this.#endsInLine),
      storedBytes: stored.length,
      rawBytes: raw.length,
      checksum: crc32(stored, this.framing.seed),
    } as const;
    const { kind, ...known } = record;
    this.#blocks.push({ ...known, offset: this.#fileBytes });
    this.#put(encodeRecordHead(record, this.framing));
    this.#put(stored);
    this.#entries = [];
    this.#payload.clear();
    this.#endsInLine = false;
  }

  #putEnd(): void {
    const body = Buffer.from(this.#cursor ?? "", "utf16le");
    const { state, payloadBytes } = this.#tracker.standing();
    const record: SegmentRecord = {
      kind: "end",
      levels: 0,
      storedBytes: body.length,
      rawBytes: endFlags({ isComplete: this.#isComplete, cursor: this.#cursor }),
      linesBefore: state.splitter.lineCount,
      lineCount: 0,
      gapCount: 0,
      payloadBefore: payloadBytes,
      payloadBytes: 0,
      firstAtMs: state.atMs,
      lastAtMs: state.atMs,
      checksum: crc32(body, this.framing.seed),
    };
    this.#put(encodeRecordHead(record, this.framing));
    this.#put(body);
  }

  #put(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#fileBytes += bytes.length;
  }

  async #flush(atLeast: number): Promise<void> {
    if (this.#waitingBytes < atLeast || this.#waitingBytes === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#write(bytes);
  }
}

function figuresOf(ref: BlockRef) {
  const { linesBefore, lineCount, payloadBefore, payloadBytes, gapCount, firstAtMs, lastAtMs } = ref;
  return { linesBefore, lineCount, payloadBefore, payloadBytes, gapCount, firstAtMs, lastAtMs };
}

function levelsIn({ carry, entries, payload }: LogBlock, endsInLine: boolean): number {
  const { stdout, stderr } = carry.splitter;
  const streams = new Set(
    entries.map(({ kind }) => kind).filter((kind) => kind === "stdout" || kind === "stderr"),
  );
  if (stdout.sizeBytes > 0) streams.add("stdout");
  if (stderr.sizeBytes > 0) streams.add("stderr");
  // Where the streams take turns inside their lines, a word may be torn apart.
  const areTorn = endsInLine || stdout.sizeBytes + stderr.sizeBytes > 0;
  if (streams.size > 1 && areTorn) return EVERY_LEVEL;
  const scan = new LevelScan();
  for (const bytes of [stdout.bytes, stderr.bytes, payload]) scan.feed(bytes);
  return scan.bits;
}
