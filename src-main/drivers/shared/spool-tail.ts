import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { OutputGap } from "#contract/log.ts";
import { decodeGap, encodeGap } from "#core/output-gap.ts";
import {
  formatCursor,
  SPOOL_BEGINNING,
  type SpoolPlace,
  spoolFileName,
  spoolFileNumbers,
} from "#core/spool/cursor.ts";
import {
  decodeFrames,
  FRAME_HEADER_BYTES,
  type Frame,
  findFrame,
  MAX_PAYLOAD_BYTES,
} from "#core/spool/frame.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { OutputChunk } from "../driver.ts";

/** Always room for one whole frame. */
const READ_BYTES = FRAME_HEADER_BYTES + MAX_PAYLOAD_BYTES;

export interface TailedFrame extends Pick<Frame, "kind" | "atMs" | "payload"> {
  /** Position behind the frame. */
  readonly cursor: string;
}

/** Where reading begins, and what is to be made of a spool that is not whole. */
export interface SpoolTailOptions {
  /** Null: with the oldest file there is, whatever was before it. */
  readonly from: SpoolPlace | null;
  /** Whether what a file ends with and is no whole frame was written again into the next one, and is not lost. */
  readonly isTornToldAgain: boolean;
}

/**
 * Reads a spool from a place on, while it may still be written. Where files or bytes of it are lost, a frame of the
 * kind `gap` stands before the next one.
 */
export class SpoolTail {
  readonly #folder: string;
  readonly #isTornToldAgain: boolean;
  /** The first file to read may be gone without anything being lost. */
  #isFromOldest: boolean;
  #place: SpoolPlace;
  #handle: FileHandle | null = null;
  /** To be told before the next frame, and where that begins. */
  #gap: { readonly gap: OutputGap; readonly cursor: string } | null = null;

  constructor(folder: string, { from, isTornToldAgain }: SpoolTailOptions) {
    this.#folder = folder;
    this.#isTornToldAgain = isTornToldAgain;
    this.#isFromOldest = from === null;
    this.#place = from ?? SPOOL_BEGINNING;
  }

  /**
   * The next frames; none when all that is there was read.
   *
   * @param isFinished nobody writes any more
   */
  async readMore({ isFinished = false } = {}): Promise<readonly TailedFrame[]> {
    try {
      for (;;) {
        const frames = await this.#readFile();
        if (frames.length > 0) return this.#withGap(frames);
        const isLast = !(await this.#hasNextFile(isFinished));
        if (isLast && !isFinished) return [];
        // This file is finished, so one more look sees all of it.
        const rest = await this.#readFile();
        if (rest.length > 0) return this.#withGap(rest);
        if (await this.#skipDamage()) continue;
        if (isLast) return [];
        await this.#openNext();
      }
    } catch (error) {
      throw toDataError(error, this.#folder);
    }
  }

  /** Position behind everything that was read. */
  get cursor(): string {
    return formatCursor(this.#place);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  async #readFile(): Promise<readonly TailedFrame[]> {
    this.#handle ??= await this.#open();
    if (this.#handle === null) return [];
    const { file, offset } = this.#place;
    const { size } = await this.#handle.stat();
    const wanted = Math.min(READ_BYTES, size - offset);
    if (wanted <= 0) return [];
    const buffer = Buffer.allocUnsafeSlow(wanted);
    const { bytesRead } = await this.#handle.read(buffer, 0, wanted, offset);
    const { frames, nextOffset, tail } = decodeFrames(buffer.subarray(0, bytesRead), offset, crc32);
    this.#place = { file, offset: nextOffset };
    if (frames.length === 0 && tail === "damaged" && (await this.#skipDamage()))
      return await this.#readFile();
    return frames.map(({ kind, atMs, payload, endOffset }) => ({
      kind,
      atMs,
      payload,
      cursor: formatCursor({ file, offset: endOffset }),
    }));
  }

  /** Goes to the next whole frame in the file behind what is none; false when there is none. */
  async #skipDamage(): Promise<boolean> {
    if (this.#handle === null) return false;
    const { file, offset } = this.#place;
    const { size } = await this.#handle.stat();
    if (size <= offset) return false;
    const bytes = Buffer.allocUnsafeSlow(size - offset);
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, offset);
    const skipped = findFrame(bytes.subarray(0, bytesRead), 1, crc32);
    if (skipped === -1) return false;
    this.#place = { file, offset: offset + skipped };
    this.#gap = { gap: damagedGap(skipped), cursor: this.cursor };
    return true;
  }

  async #openNext(): Promise<void> {
    const { file, offset } = this.#place;
    const next = await this.#nextFile();
    const torn = this.#handle === null ? 0 : (await this.#handle.stat()).size - offset;
    const isSkipping = (this.#handle === null || next !== file + 1) && !this.#isFromOldest;
    await this.close();
    this.#isFromOldest = false;
    this.#place = { file: next, offset: 0 };
    const { cursor } = this;
    if (isSkipping) this.#gap = { gap: { sizeBytes: null, cause: "copy-lost" }, cursor };
    else if (torn > 0 && !this.#isTornToldAgain) this.#gap = { gap: damagedGap(torn), cursor };
  }

  #withGap(frames: readonly TailedFrame[]): readonly TailedFrame[] {
    const [first] = frames;
    const told = this.#gap;
    this.#gap = null;
    this.#isFromOldest = false;
    if (told === null || first === undefined) return frames;
    const { cursor, gap } = told;
    return [{ kind: "gap", atMs: first.atMs, payload: encodeGap(gap), cursor }, ...frames];
  }

  async #open(): Promise<FileHandle | null> {
    try {
      return await open(join(this.#folder, spoolFileName(this.#place.file)), "r");
    } catch (error) {
      if (systemCodeOf(error) !== "ENOENT") throw error;
      // Not begun yet, or its bytes were acknowledged and it was deleted; then a later one is there.
      return null;
    }
  }

  async #hasNextFile(isFinished: boolean): Promise<boolean> {
    if (this.#handle !== null && !isFinished) {
      // The cheap question first: it is asked at every look.
      const next = await open(join(this.#folder, spoolFileName(this.#place.file + 1)), "r").catch(() => null);
      await next?.close();
      return next !== null;
    }
    return (await this.#nextFile()) > this.#place.file;
  }

  async #nextFile(): Promise<number> {
    const numbers = spoolFileNumbers(await readdir(this.#folder));
    return numbers.find((file) => file > this.#place.file) ?? this.#place.file;
  }
}

/** What is left of a stretch of a spool without the frame around it. */
function damagedGap(sizeBytes: number): OutputGap {
  return { sizeBytes: Math.max(0, sizeBytes - FRAME_HEADER_BYTES), cause: "copy-damaged" };
}

/** What a frame says of the output; nothing for one that is about something else. */
export function chunksOf({ kind, payload, atMs, cursor }: TailedFrame): readonly OutputChunk[] {
  if (kind === "gap") return [{ gap: decodeGap(payload), atMs, cursor }];
  return kind === "stdout" || kind === "stderr" ? [{ stream: kind, bytes: payload, atMs, cursor }] : [];
}
