import type { FileHandle } from "node:fs/promises";
import {
  checkFileHead,
  decodeFrame,
  FRAME_HEAD_BYTES,
  FRAME_MARKER,
  FRAME_PAYLOAD_LIMIT,
  type Frame,
  type FramingOptions,
  LOG_FILE_HEAD,
} from "#core/log-framing.ts";

/** A frame, or a stretch of the file in which no frame can be read. */
export type FilePiece =
  | { readonly type: "frame"; readonly frame: Frame; readonly start: number; readonly end: number }
  | { readonly type: "gap"; readonly start: number; readonly end: number };

const READ_BYTES = 512 * 1024;
/** Longer than any frame: head, cursor, payload, checksum. */
const FRAME_LIMIT_BYTES = FRAME_HEAD_BYTES + 2 * 0xffff + FRAME_PAYLOAD_LIMIT + 4;

export interface FrameReaderDeps {
  readonly file: FileHandle;
  readonly framing: FramingOptions;
  /** Where to begin: 0, or the start or end of a frame. */
  readonly offset: number;
  /** Every read uses the memory of the one before: pieces are valid only until the next. False when left out. */
  readonly reusesMemory?: boolean;
}

/**
 * Reads the frames of a log file one after the other. A damaged stretch is skipped up to the next whole frame and
 * reported as a gap; one that reaches up to `end` is not reported, because the rest may still be on its way: after
 * the last piece `offset` stands where it begins.
 */
export class FrameReader {
  readonly #file: FileHandle;
  readonly #framing: FramingOptions;
  /** Bytes of the file from `#windowStart` on. */
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #offset: number;
  readonly #reusesMemory: boolean;
  #memory: Buffer = Buffer.alloc(0);

  constructor({ file, framing, offset, reusesMemory = false }: FrameReaderDeps) {
    this.#file = file;
    this.#framing = framing;
    this.#offset = offset;
    this.#reusesMemory = reusesMemory;
  }

  /** End of the last piece that was handed out. */
  get offset(): number {
    return this.#offset;
  }

  /** The next pieces before `end`; empty when there is nothing more. They stay valid unless memory is reused. */
  async read(end: number): Promise<readonly FilePiece[]> {
    if (this.#offset >= end) return [];
    await this.#load(this.#offset, { atLeast: 1, end });
    if (this.#offset === 0) {
      const head = this.#checkHead();
      if (head !== null) return head;
    }
    const pieces: FilePiece[] = [];
    while (this.#offset < this.#windowEnd()) {
      const decoded = decodeFrame(this.#window, this.#offset - this.#windowStart, this.#framing);
      if (decoded.type !== "frame") {
        if (pieces.length > 0) return pieces;
        if (decoded.type === "short" && (await this.#hasMore(decoded.needed, end))) continue;
        return await this.#skipDamage(end);
      }
      const start = this.#offset;
      this.#offset += decoded.size;
      pieces.push({ type: "frame", frame: decoded.frame, start, end: this.#offset });
    }
    return pieces;
  }

  /** Moves past a sound file head; null then. A damaged one is a gap up to where frames may begin. */
  #checkHead(): readonly FilePiece[] | null {
    const length = LOG_FILE_HEAD.length;
    const isSound = checkFileHead(this.#window.subarray(0, length)) === "ok";
    this.#offset = Math.min(length, this.#windowEnd());
    return isSound ? null : [{ type: "gap", start: 0, end: this.#offset }];
  }

  /** Loads the frame that begins here, when the file goes that far. */
  async #hasMore(needed: number, end: number): Promise<boolean> {
    if (this.#offset + needed > end) return false;
    await this.#load(this.#offset, { atLeast: needed, end });
    return this.#offset + needed <= this.#windowEnd();
  }

  async #skipDamage(end: number): Promise<readonly FilePiece[]> {
    const start = this.#offset;
    let at = start + 1;
    while (at < end) {
      await this.#load(at, { atLeast: FRAME_LIMIT_BYTES, end });
      const found = this.#window.indexOf(FRAME_MARKER, at - this.#windowStart);
      if (found === -1) {
        // The window is shorter than asked for only where the file ends.
        if (this.#windowEnd() < at + FRAME_LIMIT_BYTES) return [];
        at = this.#windowEnd() - FRAME_MARKER.length + 1;
        continue;
      }
      at = this.#windowStart + found;
      await this.#load(at, { atLeast: FRAME_LIMIT_BYTES, end });
      if (decodeFrame(this.#window, at - this.#windowStart, this.#framing).type === "frame") {
        this.#offset = at;
        return [{ type: "gap", start, end: at }];
      }
      at += 1;
    }
    return [];
  }

  /** Makes the window hold at least `atLeast` bytes from `from` on, as far as the file has them before `end`. */
  async #load(from: number, { atLeast, end }: { atLeast: number; end: number }): Promise<void> {
    const wantedEnd = Math.min(end, from + atLeast);
    if (from >= this.#windowStart && wantedEnd <= this.#windowEnd()) return;
    const kept =
      from >= this.#windowStart && from < this.#windowEnd()
        ? this.#window.subarray(from - this.#windowStart)
        : Buffer.alloc(0);
    const size = Math.min(end - from, Math.max(READ_BYTES, atLeast));
    const target = this.#room(size);
    kept.copy(target);
    let length = Math.min(kept.length, size);
    while (length < size) {
      const { bytesRead } = await this.#file.read(target, length, size - length, from + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    this.#window = target.subarray(0, length);
    this.#windowStart = from;
  }

  /** Fresh memory each time, because pieces that were handed out are views of it; or the same one, where they may not be kept. */
  #room(size: number): Buffer {
    if (!this.#reusesMemory) return Buffer.allocUnsafe(size);
    if (this.#memory.length < size) this.#memory = Buffer.allocUnsafeSlow(size);
    return this.#memory;
  }

  #windowEnd(): number {
    return this.#windowStart + this.#window.length;
  }
}
