import type { PieceState } from "#core/log-block.ts";
import { FRAME_PAYLOAD_LIMIT, frameBytesAround } from "#core/log-framing.ts";

/** Plain bytes of a file after which a block ends, at the next end of a frame. */
export const BLOCK_BYTES = 256 * 1024;
/** Bits of all levels: nobody has looked yet. */
export const EVERY_LEVEL = 0xff;

/**
 * Where a block of a log lies and what is known about it. The same frames give the same blocks, whether they
 * lie in a plain file or were sealed, so a block keeps its place when its segment is sealed.
 */
export interface BlockRef {
  readonly segment: number;
  /** Whether it lies compressed in a sealed segment. */
  readonly isSealed: boolean;
  /** Where it begins and ends in the file of its segment. */
  readonly offset: number;
  readonly end: number;
  readonly linesBefore: number;
  readonly lineCount: number;
  readonly payloadBefore: number;
  readonly payloadBytes: number;
  readonly gapCount: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** The latest time in this block and all before it; never goes back. */
  readonly reachedMs: number;
  readonly levels: number;
  /** Where a reader stands at its beginning; null for a sealed block, which says so itself. */
  readonly state: PieceState | null;
}

/** Where each frame of a chunk ends in the file, when the chunk begins at `start`. */
export function* frameEnds(
  { sizeBytes, cursor }: { sizeBytes: number; cursor: string },
  start: number,
): Generator<{ payloadStart: number; payloadEnd: number; end: number }> {
  const around = frameBytesAround(cursor);
  let end = start;
  let payloadStart = 0;
  do {
    const payloadEnd = Math.min(sizeBytes, payloadStart + FRAME_PAYLOAD_LIMIT);
    end += around + payloadEnd - payloadStart;
    yield { payloadStart, payloadEnd, end };
    payloadStart = payloadEnd;
  } while (payloadStart < sizeBytes);
}

/** The first of `refs` for which `isThere` holds, when it holds for all after it too; `refs.length` for none. */
export function firstWhere(refs: readonly BlockRef[], isThere: (ref: BlockRef) => boolean): number {
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const ref = refs[middle];
    if (ref !== undefined && isThere(ref)) high = middle;
    else low = middle + 1;
  }
  return low;
}
