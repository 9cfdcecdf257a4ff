import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { crc32, zstdDecompressSync } from "node:zlib";
import { type BlockEntry, decodeBlock, type LogBlock } from "#core/log-block.ts";
import { systemCodeOf } from "#main/platform/index.ts";
import { BlockSearch } from "./block-search.ts";
import { FrameReader } from "./frame-reader.ts";
import { createLineFinder, type LineFinder } from "./line-finder.ts";
import { pieceOf } from "./log-piece.ts";
import type {
  BlockFound,
  KnownBlock,
  LineWish,
  SearchBlock,
  SearchFound,
  SearchJob,
  SearchStretch,
} from "./search-job.ts";
import { readRange, segmentName, storedBytesOf, unpackOptions } from "./segment-file.ts";

/** Searches blocks. It keeps nothing between jobs but the last finder, which may have learned its pattern. */
export class SearchDesk {
  #finder: { readonly key: string; readonly finder: LineFinder } | null = null;

  /** @throws AppError `usage.invalid` for a pattern that cannot be understood */
  async search(job: SearchJob): Promise<SearchFound> {
    const search = new BlockSearch(job, this.#finderFor(job.wish));
    const blocks: BlockFound[] = [];
    const before = (block: LogBlock | null) => search.remember(block);
    const isThere =
      (job.context === null || (await eachBlock(job, job.context, before))) &&
      (await eachBlock(job, job, (block, known) => blocks.push(search.block(block ?? known))));
    if (!isThere) return { blocks: [], isGone: true, found: job.found };
    return { blocks, isGone: false, found: search.found };
  }

  #finderFor(wish: LineWish): LineFinder {
    const key = JSON.stringify([wish.text, wish.isRegex, wish.isCaseSensitive]);
    if (this.#finder?.key !== key) this.#finder = { key, finder: createLineFinder(wish) };
    return this.#finder.finder;
  }
}

/**
 * Hands over the blocks, damaged ones as null; false when their file is not there. What a block holds is valid only
 * during the call.
 */
async function eachBlock(
  { folder, seed }: SearchJob,
  { segment, isSealed, blocks }: SearchStretch,
  take: (block: LogBlock | null, known: KnownBlock) => void,
): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path.join(folder, segmentName(segment, isSealed)), "r");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return false;
    throw error;
  }
  try {
    if (isSealed) {
      const first = blocks[0]?.offset ?? 0;
      const bytes = await readRange(file, { offset: first, length: (blocks.at(-1)?.end ?? 0) - first });
      for (const known of blocks) {
        const stored = bytes.subarray(known.offset - first, known.end - first);
        takeSealed(stored, { seed, take: (block) => take(block, known) });
      }
      return true;
    }
    for (const block of blocks) {
      const reader = new FrameReader({ file, framing: framing(seed), offset: block.offset });
      take(await openPlain(reader, block), block);
    }
    return true;
  } finally {
    await file.close();
  }
}

function framing(seed: number) {
  return { checksum: crc32, seed };
}

function takeSealed(
  bytes: Uint8Array,
  { seed, take }: { seed: number; take: (block: LogBlock | null) => void },
): void {
  const raw = unpack(bytes, seed);
  take(raw === null ? null : decoded(raw));
  if (raw !== null) giveBack(raw);
}

/** Frees memory at once: the next block takes the same again, and the garbage collector has nothing to do. */
function giveBack(bytes: Uint8Array<ArrayBuffer>): void {
  // Smaller ones lie in memory that buffers share.
  if (bytes.length > Buffer.poolSize) bytes.buffer.transfer(0);
}

/** The plain bytes of a block, in memory of their own; null when it is damaged. */
function unpack(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> | null {
  const stored = storedBytesOf(bytes, framing(seed));
  if (stored === null) return null;
  try {
    return zstdDecompressSync(stored.bytes, unpackOptions(stored.rawBytes));
  } catch {
    // As damaged as a block whose checksum fails; reading it says so.
    return null;
  }
}

function decoded(raw: Uint8Array): LogBlock | null {
  try {
    return decodeBlock(raw);
  } catch {
    return null;
  }
}

async function openPlain(reader: FrameReader, { state, end }: SearchBlock): Promise<LogBlock | null> {
  if (state === null) return null;
  const entries: BlockEntry[] = [];
  const payload: Uint8Array[] = [];
  for (let pieces = await reader.read(end); pieces.length > 0; pieces = await reader.read(end)) {
    for (const piece of pieces.map(pieceOf)) {
      if (piece?.kind === "bytes") {
        entries.push({ kind: piece.stream, sizeBytes: piece.payload.length, atMs: piece.atMs });
        payload.push(piece.payload);
      } else if (piece?.kind === "end") entries.push({ kind: "end", atMs: piece.atMs });
      else if (piece?.kind === "gap") {
        entries.push({ kind: "missing", atMs: piece.atMs ?? state.atMs, gap: piece.gap });
      }
    }
  }
  return { carry: state, entries, payload: Buffer.concat(payload) };
}
