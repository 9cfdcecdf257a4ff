import { closeSync, fsync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import type { Clock } from "#core/clock.ts";
import { spoolFileName } from "#core/spool/cursor.ts";
import { encodeFrame, FRAME_HEADER_BYTES, type FrameKind, writeFrameHeader } from "#core/spool/frame.ts";

const RETRY_MS = 200;

export interface SpoolWriterDeps {
  readonly folder: string;
  readonly rotateBytes: number;
  /** Number of the last file that another writer left; 0 or absent for a new spool. */
  readonly lastFile?: number;
  readonly clock: Clock;
  /** Written at the beginning of each file after the first. */
  readonly opening: { readonly atMs: number; readonly payload: Uint8Array } | null;
  /** Called when a refused disk takes everything again. */
  readonly onFree: () => void;
}

/**
 * Appends frames to the files of a spool. Writing is synchronous: while the disk is slow, nothing is read
 * from the agent either, and the agent waits.
 *
 * When the disk refuses (full, failed), what could not be written waits in memory, `isBlocked` turns true and
 * the writer tries again until it succeeds. Whoever appends must stop reading meanwhile.
 */
export class SpoolWriter {
  readonly #deps: SpoolWriterDeps;
  #file: number;
  #fd = -1;
  #fileBytes = 0;
  readonly #waiting: Piece[] = [];
  #whenFree = Promise.withResolvers<void>();

  constructor(deps: SpoolWriterDeps) {
    this.#deps = deps;
    this.#file = deps.lastFile ?? 0;
    this.#whenFree.resolve();
  }

  get isBlocked(): boolean {
    return this.#waiting.length > 0;
  }

  append(kind: FrameKind, payload: Uint8Array): void {
    const whole = new Uint8Array(FRAME_HEADER_BYTES + payload.byteLength);
    whole.set(payload, FRAME_HEADER_BYTES);
    this.appendInPlace(kind, whole);
  }

  /** Like `append` without a copy: `whole` begins with free room for the header. */
  appendInPlace(kind: FrameKind, whole: Uint8Array): void {
    const payload = whole.subarray(FRAME_HEADER_BYTES);
    writeFrameHeader(whole, { kind, atMs: this.#deps.clock.nowMs(), payload }, crc32);
    if (this.isBlocked) {
      this.#waiting.push({ bytes: new Uint8Array(whole), isBegun: false });
      return;
    }
    this.#waiting.push({ bytes: whole, isBegun: false });
    if (this.#pump()) return;
    // The caller's buffer is free again when this returns, so what is left must be copied.
    for (const piece of this.#waiting) piece.bytes = new Uint8Array(piece.bytes);
    this.#whenFree = Promise.withResolvers<void>();
    this.#retryLater();
  }

  /** Resolves when everything appended is on the disk, however long the disk refuses. */
  async sync(): Promise<void> {
    await this.#whenFree.promise;
    if (this.#fd >= 0) await promisify(fsync)(this.#fd);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Writes what waits; false when the disk refused. A part that was written is never written again. */
  #pump(): boolean {
    try {
      for (let piece = this.#waiting[0]; piece !== undefined; piece = this.#waiting[0]) {
        if (!piece.isBegun && (this.#fd < 0 || this.#fileBytes >= this.#deps.rotateBytes)) this.#openNext();
        else this.#writePiece(piece);
      }
      return true;
    } catch {
      // Kept and tried again: a full disk may get room, and the agent's bytes exist nowhere else.
      return false;
    }
  }

  #writePiece(piece: Piece): void {
    while (piece.bytes.byteLength > 0) {
      const count = writeSync(this.#fd, piece.bytes);
      piece.isBegun = true;
      piece.bytes = piece.bytes.subarray(count);
      this.#fileBytes += count;
    }
    this.#waiting.shift();
  }

  #openNext(): void {
    const file = this.#file + 1;
    const fd = openSync(join(this.#deps.folder, spoolFileName(file)), "a", 0o600);
    this.close();
    this.#fd = fd;
    this.#file = file;
    this.#fileBytes = 0;
    const { opening } = this.#deps;
    if (file === 1 || opening === null) return;
    const bytes = encodeFrame({ kind: "started", ...opening }, crc32);
    this.#waiting.unshift({ bytes, isBegun: true });
  }

  #retryLater(): void {
    setTimeout(() => {
      if (!this.#pump()) {
        this.#retryLater();
        return;
      }
      this.#whenFree.resolve();
      this.#deps.onFree();
    }, RETRY_MS);
  }
}

interface Piece {
  bytes: Uint8Array;
  /** A part of it is in the current file, or it belongs at that file's beginning. */
  isBegun: boolean;
}
