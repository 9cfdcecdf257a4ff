import path from "node:path";
import { crc32 } from "node:zlib";
import type { RunId } from "#contract/ids.ts";
import type { LineReading } from "#core/log-encoding.ts";
import { type FramingOptions, LOG_FILE_HEAD } from "#core/log-framing.ts";
import { SEGMENT_HEAD } from "#core/log-segment.ts";
import { decodeGap } from "#core/output-gap.ts";
import { type BlockRef, frameEnds } from "./block-ref.ts";
import { type Standing, sealedRefs } from "./block-tracker.ts";
import { NOTHING_FOUND } from "./line-text.ts";
import { emptyLog, type LoadedLog, loadLog } from "./log-loading.ts";
import type { LogRecords, StoredSegment } from "./log-records.ts";
import { segmentName } from "./segment-file.ts";

export interface LogStateDeps {
  readonly runId: RunId;
  /** The folder of this log. */
  readonly folder: string;
  readonly records: LogRecords;
}

/**
 * What is known about one log, kept up to date by its writer. All readers of the log share it.
 *
 * `committedBytes` ends the part of the last plain segment that consists of whole chunks; nobody reads beyond it.
 */
export class LogState {
  readonly runId: RunId;
  readonly folder: string;
  readonly framing: FramingOptions;
  hasWriter = false;
  /** Ends when no segment of this log is being sealed any more. */
  sealing: Promise<void> = Promise.resolve();
  /** What was found in bytes that are not UTF-8. */
  found: LineReading = NOTHING_FOUND;
  readonly #records: LogRecords;
  #log: LoadedLog = emptyLog();
  #version = 0;
  readonly #listeners = new Set<() => void>();

  constructor({ runId, folder, records }: LogStateDeps) {
    this.runId = runId;
    this.folder = folder;
    this.#records = records;
    this.framing = framingOf(runId);
  }

  get exists(): boolean {
    return this.#log.exists;
  }
  get committedBytes(): number {
    return this.#log.committedBytes;
  }
  /** The segment that is being written, or would be. */
  get tailSegment(): number {
    return this.#log.tailSegment;
  }
  /** Whether what is written next needs a new segment, because the last one was sealed. */
  get isTailSealed(): boolean {
    return this.#log.isTailSealed;
  }
  /** Stored bytes of both streams. */
  get payloadBytes(): number {
    return this.#log.tracker.payloadBytes;
  }
  get cursor(): string | null {
    return this.#log.cursor;
  }
  /** The log is complete. */
  get isSealed(): boolean {
    return this.#log.isSealed;
  }
  get lineCount(): number {
    return this.#log.tracker.lineCount;
  }
  /** Its blocks in order. A block keeps its index as long as the log is in use. */
  get blocks(): readonly BlockRef[] {
    return this.#log.tracker.refs;
  }
  /** Changes with everything above. */
  get version(): number {
    return this.#version;
  }
  standing(): Standing {
    return this.#log.tracker.standing();
  }

  /** Where the whole chunks of a plain segment end; more may follow in the last one only. */
  endOf(segment: number): number {
    const { tailSegment, segmentEnds, committedBytes } = this.#log;
    return segment === tailSegment ? committedBytes : (segmentEnds.get(segment) ?? 0);
  }

  fileOf(segment: number, isSealed: boolean): string {
    return path.join(this.folder, segmentName(segment, isSealed));
  }

  /** Whether there is anything that could be sealed. */
  get hasFinished(): boolean {
    return this.finishedSegments().length > 0;
  }

  /** Plain segments that no longer grow. */
  finishedSegments(): readonly number[] {
    const { plainSegments, tailSegment, isSealed } = this.#log;
    return [...plainSegments].filter((segment) => segment !== tailSegment || (isSealed && !this.hasWriter));
  }

  /**
   * Reads what is stored. A folder that does not exist is a log that has not begun.
   *
   * @throws AppError `data.newer`, `data.io_failed`, `data.read_only`
   */
  async load(): Promise<void> {
    this.#log = await loadLog(this, this.#records);
  }

  /** The first file now exists and holds its head. */
  begin(): void {
    const log = this.#log;
    log.exists = true;
    if (log.committedBytes === 0) log.committedBytes = LOG_FILE_HEAD.length;
    log.plainSegments.add(log.tailSegment);
    this.#announce();
  }

  /** A new segment follows, whose file holds its head and where the log stood, `committedBytes` in all. */
  beginSegment(segment: number, committedBytes: number): void {
    const log = this.#log;
    if (segment !== log.tailSegment) log.segmentEnds.set(log.tailSegment, log.committedBytes);
    log.tailSegment = segment;
    log.isTailSealed = false;
    log.committedBytes = committedBytes;
    log.plainSegments.add(segment);
    log.tracker.beginSegment(segment);
    this.#announce();
  }

  /** The writer has stored an entry behind everything else. */
  stored(entry: StoredEntry): void {
    const log = this.#log;
    if (entry.kind === "stdout" || entry.kind === "stderr") this.#storedChunk(entry.kind, entry);
    else {
      const start = log.committedBytes;
      const [frame] = frameEnds({ sizeBytes: entry.bytes.length, cursor: entry.cursor }, start);
      const { atMs, bytes } = entry;
      const end = frame?.end ?? start;
      log.tracker.add(
        entry.kind === "sealed" ? { kind: "end", atMs } : { kind: "gap", gap: decodeGap(bytes), atMs },
        { start, end },
      );
      log.committedBytes = end;
    }
    log.isSealed = entry.kind === "sealed";
    if (entry.kind !== "sealed") log.cursor = entry.cursor;
    this.#announce();
  }

  /** A plain segment lies sealed in its own file now; its blocks keep their places. */
  segmentSealed(stored: StoredSegment): void {
    const log = this.#log;
    const { refs } = log.tracker;
    const first = refs.findIndex(({ segment }) => segment === stored.segment);
    const ref = refs[first];
    log.plainSegments.delete(stored.segment);
    if (stored.segment === log.tailSegment) log.isTailSealed = true;
    if (ref === undefined) return;
    const sealed = sealedRefs(stored, {
      lines: ref.linesBefore,
      payloadBytes: ref.payloadBefore,
      reachedMs: refs[first - 1]?.reachedMs ?? 0,
      offset: SEGMENT_HEAD.length,
    });
    refs.splice(first, refs.filter(({ segment }) => segment === stored.segment).length, ...sealed);
    this.#announce();
  }

  /** A segment that cannot be sealed, because it is damaged, stays as it is. */
  leavePlain(segment: number): void {
    this.#log.plainSegments.delete(segment);
  }

  /** A sealed block turned out to be damaged when it was read. */
  foundDamaged(block: number): void {
    const { refs } = this.#log.tracker;
    const ref = refs[block];
    if (ref?.gapCount === 0) refs[block] = { ...ref, gapCount: 1 };
  }

  removed(): void {
    this.#log = emptyLog();
    this.#announce();
  }

  /** Resolves when anything differs from `version`, or when `signal` aborts. */
  async changedSince(version: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== version || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#listeners.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#listeners.add(done);
      signal.addEventListener("abort", done);
    });
  }

  #storedChunk(stream: "stdout" | "stderr", { bytes, atMs, cursor }: StoredEntry): void {
    const log = this.#log;
    for (const frame of frameEnds({ sizeBytes: bytes.length, cursor }, log.committedBytes)) {
      const payload = bytes.subarray(frame.payloadStart, frame.payloadEnd);
      log.tracker.add(
        { kind: "bytes", stream, payload, atMs },
        { start: log.committedBytes, end: frame.end },
      );
      log.committedBytes = frame.end;
    }
  }

  #announce(): void {
    this.#version += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What a writer adds: a chunk of a stream, a gap, or the seal. */
export interface StoredEntry {
  readonly kind: "stdout" | "stderr" | "gap" | "sealed";
  readonly bytes: Uint8Array;
  readonly atMs: number;
  readonly cursor: string;
}

/** Every log has checksums of its own, so that one printed into another is never taken for part of it. */
export function framingOf(runId: RunId): FramingOptions {
  return { checksum: crc32, seed: crc32(runId) };
}
