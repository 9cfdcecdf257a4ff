import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import { SPLITTER_START } from "#core/line-splitter.ts";
import { decodeStanding } from "#core/log-block.ts";
import { checkFileHead, type FramingOptions, LOG_FILE_HEAD } from "#core/log-framing.ts";
import { SEGMENT_HEAD } from "#core/log-segment.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import { BlockTracker, sealedRefs } from "./block-tracker.ts";
import { type FilePiece, FrameReader } from "./frame-reader.ts";
import { pieceOf } from "./log-piece.ts";
import type { LogRecords, StoredSegment } from "./log-records.ts";
import { readRange, scanSegment, segmentName, segmentOf } from "./segment-file.ts";

/** What `LogState` holds. */
export interface LoadedLog {
  exists: boolean;
  tracker: BlockTracker;
  tailSegment: number;
  isTailSealed: boolean;
  committedBytes: number;
  cursor: string | null;
  isSealed: boolean;
  /** Segments that are not sealed yet and can be. */
  plainSegments: Set<number>;
  /** Where the whole chunks of plain segments end that no longer grow. */
  segmentEnds: Map<number, number>;
}

/** Nothing is stored of it. */
export function emptyLog(): LoadedLog {
  return {
    exists: false,
    tracker: new BlockTracker(),
    tailSegment: 0,
    isTailSealed: false,
    committedBytes: 0,
    cursor: null,
    isSealed: false,
    plainSegments: new Set(),
    segmentEnds: new Map(),
  };
}

interface LogPlace {
  readonly runId: RunId;
  readonly folder: string;
  readonly framing: FramingOptions;
}

/** Reads what is stored of a log: the index of sealed segments, and every plain segment once. */
export async function loadLog(place: LogPlace, records: LogRecords): Promise<LoadedLog> {
  const log = emptyLog();
  try {
    const { sealed, plain } = await segmentsIn(place.folder);
    const known = new Map(records.segments(place.runId).map((stored) => [stored.segment, stored]));
    const last = Math.max(-1, ...sealed, ...plain);
    for (const segment of [...sealed, ...plain].toSorted((a, b) => a - b)) {
      log.exists = true;
      log.tailSegment = segment;
      if (sealed.has(segment)) {
        takeSealed(log, await indexOf(place, { segment, known: known.get(segment), records }));
      } else await new PlainLoading({ place, log, segment, isLast: segment === last }).run();
    }
    return log;
  } catch (error) {
    throw toDataError(error, place.folder);
  }
}

/** A segment of which both files are there was sealed whole, and only its plain file was still to be removed. */
async function segmentsIn(folder: string): Promise<{ sealed: Set<number>; plain: Set<number> }> {
  const sealed = new Set<number>();
  const plain = new Set<number>();
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return { sealed, plain };
    throw error;
  }
  for (const name of names) {
    const found = segmentOf(name);
    if (found !== null) (found.isSealed ? sealed : plain).add(found.segment);
  }
  for (const segment of sealed) {
    if (!plain.delete(segment)) continue;
    // On a disk that takes no changes it stays, and is looked past again.
    await rm(path.join(folder, segmentName(segment, false)), { force: true }).catch(() => undefined);
  }
  return { sealed, plain };
}

async function indexOf(
  { runId, folder, framing }: LogPlace,
  { segment, known, records }: { segment: number; known: StoredSegment | undefined; records: LogRecords },
): Promise<StoredSegment> {
  const file = path.join(folder, segmentName(segment, true));
  if (known !== undefined && (await stat(file)).size === known.fileBytes) return known;
  const handle = await open(file, "r");
  try {
    await refuseNewer(handle, file);
    const stored = await scanSegment(handle, { segment, framing });
    records.putSegment(runId, stored);
    return stored;
  } finally {
    await handle.close();
  }
}

function takeSealed(log: LoadedLog, stored: StoredSegment): void {
  const { tracker } = log;
  const before = {
    lines: tracker.lineCount,
    payloadBytes: tracker.payloadBytes,
    reachedMs: tracker.refs.at(-1)?.reachedMs ?? 0,
    offset: SEGMENT_HEAD.length,
  };
  tracker.refs.push(...sealedRefs(stored, before));
  const last = tracker.refs.at(-1);
  if (last !== undefined) {
    const lineCount = last.linesBefore + last.lineCount;
    tracker.continueFrom({
      state: { splitter: { ...SPLITTER_START, lineCount }, atMs: last.lastAtMs },
      payloadBytes: last.payloadBefore + last.payloadBytes,
    });
  }
  log.cursor = stored.cursor ?? log.cursor;
  log.isSealed = stored.isComplete;
  log.isTailSealed = true;
  log.committedBytes = 0;
}

/** Refuses a file that a newer version wrote. */
async function refuseNewer(handle: FileHandle, file: string): Promise<void> {
  const head = await readRange(handle, { offset: 0, length: LOG_FILE_HEAD.length });
  const known = path.extname(file) === ".pseg" ? SEGMENT_HEAD : LOG_FILE_HEAD;
  if (checkFileHead(head, known) !== "newer") return;
  throw new AppError("data.newer", `${file} comes from a newer version of Pilothouse`, {
    details: { file, fileVersion: head.at(-1) ?? 0, knownVersion: known.at(-1) ?? 0 },
  });
}

/** Goes once through a plain segment. */
class PlainLoading {
  readonly #place: LogPlace;
  readonly #log: LoadedLog;
  readonly #segment: number;
  readonly #isLast: boolean;
  /**
   * Goes back to where that began which counts only once a whole chunk follows: the first frames of a chunk, and a
   * damaged stretch, which readers can tell from a torn end only by what stands behind it.
   */
  #before: (() => void) | null = null;
  #isDamaged = false;

  constructor(deps: { place: LogPlace; log: LoadedLog; segment: number; isLast: boolean }) {
    this.#place = deps.place;
    this.#log = deps.log;
    this.#segment = deps.segment;
    this.#isLast = deps.isLast;
  }

  async run(): Promise<void> {
    const log = this.#log;
    log.isTailSealed = false;
    log.committedBytes = 0;
    log.tracker.beginSegment(this.#segment);
    const name = path.join(this.#place.folder, segmentName(this.#segment, false));
    const file = await open(name, "r");
    try {
      const { size } = await file.stat();
      if (size >= LOG_FILE_HEAD.length) {
        await refuseNewer(file, name);
        await this.#read(file, size);
      }
    } finally {
      await file.close();
    }
    if (!this.#isDamaged) log.plainSegments.add(this.#segment);
  }

  async #read(file: FileHandle, size: number): Promise<void> {
    const log = this.#log;
    const reader = new FrameReader({ file, framing: this.#place.framing, offset: 0 });
    log.committedBytes = LOG_FILE_HEAD.length;
    for (let pieces = await reader.read(size); pieces.length > 0; pieces = await reader.read(size)) {
      for (const piece of pieces) this.#take(piece);
    }
    // Behind a segment that another one follows nothing is torn, only damaged.
    if (this.#isLast) this.#before?.();
    if (!this.#isLast) log.segmentEnds.set(this.#segment, size);
    if (!this.#isLast && reader.offset < size) this.#take({ type: "gap", start: reader.offset, end: size });
    // A later segment says itself where the log stood; without that it never began.
    if (this.#isLast && this.#segment > 0 && reader.offset <= LOG_FILE_HEAD.length) log.committedBytes = 0;
  }

  #take(piece: FilePiece): void {
    const log = this.#log;
    if (piece.type === "gap") this.#isDamaged = true;
    const isOpen = piece.type === "gap" || piece.frame.hasMore;
    this.#before = isOpen ? (this.#before ?? this.#wayBack()) : null;
    if (piece.type === "frame" && piece.frame.kind === "begin") this.#takeUp(piece.frame.payload);
    else log.tracker.add(pieceOf(piece), piece);
    log.committedBytes = piece.end;
    if (piece.type === "gap" || piece.frame.kind === "begin") return;
    log.isSealed = piece.frame.kind === "sealed";
    if (!log.isSealed) log.cursor = piece.frame.cursor;
  }

  #takeUp(payload: Uint8Array): void {
    this.#log.isSealed = false;
    const standing = decodeStanding(payload);
    if (standing.state.splitter.lineCount >= this.#log.tracker.lineCount) {
      this.#log.tracker.continueFrom(standing);
    }
  }

  #wayBack(): () => void {
    const log = this.#log;
    const { committedBytes, cursor, isSealed } = log;
    const mark = log.tracker.mark();
    return () => {
      log.tracker.goBack(mark);
      Object.assign(log, { committedBytes, cursor, isSealed });
    };
  }
}
