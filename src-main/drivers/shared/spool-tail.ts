import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "#contract/errors.ts";
import {
  formatCursor,
  SPOOL_BEGINNING,
  type SpoolPlace,
  spoolFileName,
  spoolFileNumbers,
} from "#core/spool/cursor.ts";
import { decodeFrames, FRAME_HEADER_BYTES, type Frame, MAX_PAYLOAD_BYTES } from "#core/spool/frame.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";

/** Always room for one whole frame. */
const READ_BYTES = FRAME_HEADER_BYTES + MAX_PAYLOAD_BYTES;

export interface TailedFrame extends Pick<Frame, "kind" | "atMs" | "payload"> {
  /** Position behind the frame. */
  readonly cursor: string;
}

/** Reads a spool from a place on, while it may still be written. */
export class SpoolTail {
  readonly #folder: string;
  #place: SpoolPlace;
  #handle: FileHandle | null = null;

  constructor(folder: string, from: SpoolPlace | null) {
    this.#folder = folder;
    this.#place = from ?? SPOOL_BEGINNING;
  }

  /**
   * The next frames; none when all that is there was read.
   *
   * @throws AppError `data.damaged` when the spool goes on with bytes that are no frame
   */
  async readMore(): Promise<readonly TailedFrame[]> {
    try {
      const frames = await this.#readFile();
      if (frames.length > 0 || !(await this.#hasNextFile())) return frames;
      // A next file means that this one is finished, so one more look sees all of it.
      const rest = await this.#readFile();
      if (rest.length > 0) return rest;
      await this.close();
      this.#place = { file: await this.#nextFile(), offset: 0 };
      return await this.#readFile();
    } catch (error) {
      throw toDataError(error, this.#folder);
    }
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
    if (frames.length === 0 && tail === "damaged") throw damaged(join(this.#folder, spoolFileName(file)));
    return frames.map(({ kind, atMs, payload, endOffset }) => ({
      kind,
      atMs,
      payload,
      cursor: formatCursor({ file, offset: endOffset }),
    }));
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

  async #hasNextFile(): Promise<boolean> {
    if (this.#handle !== null) {
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

function damaged(file: string): AppError {
  return new AppError("data.damaged", `The spool ${file} is damaged`, { details: { file, keptAs: file } });
}
