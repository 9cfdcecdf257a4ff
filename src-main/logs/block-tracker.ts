import type { PieceState } from "#core/log-block.ts";
import { RECORD_HEAD_BYTES } from "#core/log-segment.ts";
import { BLOCK_BYTES, type BlockRef, EVERY_LEVEL } from "./block-ref.ts";
import { type LogPiece, PIECES_START, PieceSplitter } from "./log-piece.ts";
import type { StoredBlock } from "./log-records.ts";

/** Where a log stands; a tracker can be taken back to it. */
export interface Standing {
  readonly state: PieceState;
  readonly payloadBytes: number;
}

interface Mark extends Standing {
  readonly refCount: number;
  readonly lastRef: BlockRef | undefined;
  readonly isOpen: boolean;
}

/** Follows the frames of plain segments and says which blocks they make. */
export class BlockTracker {
  readonly refs: BlockRef[] = [];
  #splitter = new PieceSplitter(PIECES_START);
  #payloadBytes = 0;
  #segment = 0;
  /** Whether the last block may still grow. */
  #isOpen = false;

  get lineCount(): number {
    return this.#splitter.lineCount;
  }

  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  standing(): Standing {
    return { state: this.#splitter.state(), payloadBytes: this.#payloadBytes };
  }

  /** What comes from now on lies in this segment. */
  beginSegment(segment: number): void {
    this.#segment = segment;
    this.#isOpen = false;
  }

  /** The log goes on from here, whatever was seen of it before. */
  continueFrom({ state, payloadBytes }: Standing): void {
    this.#splitter = new PieceSplitter(state);
    this.#payloadBytes = payloadBytes;
    this.#isOpen = false;
  }

  /** The next piece and where it lies in its file. */
  add(piece: LogPiece | null, { start, end }: { start: number; end: number }): void {
    if (piece === null) return;
    if (!this.#isOpen) this.#open(start);
    const ref = this.refs.at(-1);
    if (ref === undefined) return;
    this.#splitter.feed(piece);
    const added = piece.kind === "bytes" ? piece.payload.length : 0;
    this.#payloadBytes += added;
    const atMs = "atMs" in piece && piece.atMs !== null ? piece.atMs : ref.lastAtMs;
    this.refs[this.refs.length - 1] = {
      ...ref,
      end,
      lineCount: this.#splitter.lineCount - ref.linesBefore,
      payloadBytes: ref.payloadBytes + added,
      gapCount: ref.gapCount + (piece.kind === "gap" ? 1 : 0),
      firstAtMs: Math.min(ref.firstAtMs, atMs),
      lastAtMs: Math.max(ref.lastAtMs, atMs),
      reachedMs: Math.max(ref.reachedMs, atMs),
    };
    if (end - ref.offset >= BLOCK_BYTES) this.#isOpen = false;
  }

  mark(): Mark {
    const { length } = this.refs;
    return { ...this.standing(), refCount: length, lastRef: this.refs[length - 1], isOpen: this.#isOpen };
  }

  /** Forgets everything that was added since `mark`. */
  goBack(mark: Mark): void {
    this.refs.length = mark.refCount;
    if (mark.lastRef !== undefined) this.refs[mark.refCount - 1] = mark.lastRef;
    this.continueFrom(mark);
    this.#isOpen = mark.isOpen;
  }

  #open(offset: number): void {
    const state = this.#splitter.state();
    this.refs.push({
      segment: this.#segment,
      isSealed: false,
      offset,
      end: offset,
      linesBefore: this.#splitter.lineCount,
      lineCount: 0,
      payloadBefore: this.#payloadBytes,
      payloadBytes: 0,
      gapCount: 0,
      firstAtMs: Number.POSITIVE_INFINITY,
      lastAtMs: state.atMs,
      reachedMs: Math.max(this.refs.at(-1)?.reachedMs ?? 0, state.atMs),
      levels: EVERY_LEVEL,
      state,
    });
    this.#isOpen = true;
  }
}

/** The blocks of a sealed segment. Where one is missing, because its head is damaged, a damaged one stands. */
export function sealedRefs(
  { segment, blocks }: { segment: number; blocks: readonly StoredBlock[] },
  before: { lines: number; payloadBytes: number; reachedMs: number; offset: number },
): BlockRef[] {
  const refs: BlockRef[] = [];
  let { lines, payloadBytes, reachedMs, offset } = before;
  for (const block of blocks) {
    if (block.linesBefore > lines || block.payloadBefore > payloadBytes) {
      refs.push({
        segment,
        isSealed: true,
        offset,
        end: block.offset,
        linesBefore: lines,
        lineCount: Math.max(0, block.linesBefore - lines),
        payloadBefore: payloadBytes,
        payloadBytes: Math.max(0, block.payloadBefore - payloadBytes),
        gapCount: 1,
        firstAtMs: block.firstAtMs,
        lastAtMs: block.firstAtMs,
        reachedMs,
        levels: EVERY_LEVEL,
        state: null,
      });
    }
    reachedMs = Math.max(reachedMs, block.lastAtMs);
    offset = endOf(block);
    lines = block.linesBefore + block.lineCount;
    payloadBytes = block.payloadBefore + block.payloadBytes;
    const { rawBytes, storedBytes, checksum, ...known } = block;
    refs.push({ ...known, segment, isSealed: true, end: offset, reachedMs, state: null });
  }
  return refs;
}

function endOf({ offset, storedBytes }: { offset: number; storedBytes: number }): number {
  return offset + RECORD_HEAD_BYTES + storedBytes;
}
