import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import { SPLITTER_START } from "#core/line-splitter.ts";
import type { LogBlock, PieceState } from "#core/log-block.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import { type BlockRef, firstWhere } from "./block-ref.ts";
import { FrameReader } from "./frame-reader.ts";
import { damage, type LogPiece, PIECES_START, pieceOf, piecesOf } from "./log-piece.ts";
import type { LogState } from "./log-state.ts";
import { openBlock, readRange } from "./segment-file.ts";

interface OpenFile {
  readonly segment: number;
  readonly file: FileHandle;
  /** Null for a sealed segment. */
  readonly reader: FrameReader | null;
}

/**
 * Reads a log from a block on, across its segments. A segment that is sealed meanwhile makes no difference: an open
 * plain file is read to its end, and a block is found at its index in either form.
 */
export class PieceSource {
  readonly #state: LogState;
  #index: number;
  #open: OpenFile | null = null;
  /** Read ahead to learn where a reader stands. */
  #first: LogBlock | null = null;
  #isAfterLoss = false;

  constructor(state: LogState, index: number) {
    this.#state = state;
    this.#index = Math.max(0, index);
  }

  /** Where a reader stands before the first piece. Called once, before `read`. */
  async begin(): Promise<PieceState> {
    const ref = this.#state.blocks[this.#index];
    if (ref === undefined) return PIECES_START;
    if (ref.state !== null) return ref.state;
    const block = await this.#sealedBlock(ref);
    this.#first = block;
    const lineCount = ref.linesBefore;
    return block?.carry ?? { splitter: { ...SPLITTER_START, lineCount }, atMs: ref.firstAtMs };
  }

  /** The next pieces; empty when everything stored so far was read. */
  async read(): Promise<readonly LogPiece[]> {
    for (;;) {
      const { reader = null } = this.#open ?? {};
      const pieces = reader === null ? await this.#nextBlock() : await this.#nextFrames(reader);
      if (pieces !== null) return pieces;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { file } = this.#open ?? {};
    this.#open = null;
    await file?.close();
  }

  /** Null to look again. */
  async #nextFrames(reader: FrameReader): Promise<readonly LogPiece[] | null> {
    const segment = this.#open?.segment ?? 0;
    const isGrowing = segment === this.#state.tailSegment;
    const pieces = await reader.read(this.#state.endOf(segment));
    if (pieces.length > 0) return pieces.map(pieceOf).filter((piece) => piece !== null);
    if (isGrowing) return [];
    const { offset } = reader;
    await this[Symbol.asyncDispose]();
    this.#index = firstWhere(this.#state.blocks, (ref) => ref.segment > segment);
    const end = this.#state.endOf(segment);
    if (offset >= end) return null;
    return [damage({ start: offset, end })];
  }

  async #nextBlock(): Promise<readonly LogPiece[] | null> {
    const ref = this.#state.blocks[this.#index];
    if (ref === undefined) return [];
    if (!ref.isSealed) return await this.#openPlain(ref);
    const block = this.#first ?? (await this.#sealedBlock(ref));
    this.#first = null;
    this.#index += 1;
    if (block === null) {
      this.#isAfterLoss = true;
      this.#state.foundDamaged(this.#index - 1);
      return [{ kind: "lost", ...ref, atMs: ref.lastAtMs }];
    }
    return [...this.#carry(block.carry), ...piecesOf(block)];
  }

  async #openPlain(ref: BlockRef): Promise<readonly LogPiece[] | null> {
    await this[Symbol.asyncDispose]();
    const { framing } = this.#state;
    let file: FileHandle;
    try {
      file = await open(this.#state.fileOf(ref.segment, false), "r");
    } catch (error) {
      // It was sealed since we looked, so it is to be found in its other form.
      if (systemCodeOf(error) === "ENOENT" && this.#state.blocks[this.#index]?.isSealed === true) return null;
      throw openFailure(error, this.#state);
    }
    const reader = new FrameReader({ file, framing, offset: ref.offset });
    this.#open = { segment: ref.segment, file, reader };
    const carry = ref.state === null ? [] : this.#carry(ref.state);
    return carry.length > 0 ? carry : null;
  }

  #carry(state: PieceState): readonly LogPiece[] {
    if (!this.#isAfterLoss) return [];
    this.#isAfterLoss = false;
    return [{ kind: "carry", state }];
  }

  async #sealedBlock(ref: BlockRef): Promise<LogBlock | null> {
    const { framing } = this.#state;
    if (this.#open?.segment !== ref.segment || this.#open.reader !== null) {
      await this[Symbol.asyncDispose]();
      try {
        const file = await open(this.#state.fileOf(ref.segment, true), "r");
        this.#open = { segment: ref.segment, file, reader: null };
      } catch (error) {
        throw openFailure(error, this.#state);
      }
    }
    try {
      const bytes = await readRange(this.#open.file, { offset: ref.offset, length: ref.end - ref.offset });
      return await openBlock(bytes, framing);
    } catch (error) {
      throw toDataError(error, this.#state.folder);
    }
  }
}

function openFailure(error: unknown, { runId, folder }: LogState): unknown {
  return systemCodeOf(error) === "ENOENT" ? notFound({ runId }, error) : toDataError(error, folder);
}

export function notFound({ runId }: Pick<LogState, "runId">, cause?: unknown): AppError {
  return new AppError("log.not_found", `No log is stored for run ${runId}`, {
    details: { run: runId },
    cause,
  });
}
