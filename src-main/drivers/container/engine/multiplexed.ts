/** A piece of one stream. */
export interface StreamPiece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/** A piece, and whether it stands directly behind a header. */
export interface FramedPiece extends StreamPiece {
  readonly isStart: boolean;
}

const HEADER_BYTES = 8;
const STDOUT = 1;
const STDERR = 2;

/**
 * Splits what an engine sends for a container without a terminal: a header of 8 bytes (stream number, three
 * zeros, length in big endian) before each piece. Pieces are handed on as they come, also before they are whole.
 *
 * What stands where a header should be and is none was not said by the container, nor is anything behind it: Podman
 * ends an answer that it has begun with its own error, as JSON; see QUIRKS.md.
 */
export class MultiplexedParser {
  #header = Buffer.alloc(0);
  #stream: StreamPiece["stream"] = "stdout";
  #left = 0;
  #isStart = false;
  #isOver = false;

  push(bytes: Uint8Array): readonly FramedPiece[] {
    const pieces: FramedPiece[] = [];
    let at = 0;
    while (at < bytes.byteLength && !this.#isOver) {
      if (this.#left === 0) {
        at += this.#takeHeader(bytes.subarray(at));
      } else {
        const part = bytes.subarray(at, at + this.#left);
        pieces.push({ stream: this.#stream, bytes: part, isStart: this.#isStart });
        this.#isStart = false;
        this.#left -= part.byteLength;
        at += part.byteLength;
      }
    }
    return pieces;
  }

  /** How many bytes of `bytes` belong to a header. */
  #takeHeader(bytes: Uint8Array): number {
    const part = bytes.subarray(0, HEADER_BYTES - this.#header.byteLength);
    this.#header = Buffer.concat([this.#header, part]);
    if (this.#header.byteLength === HEADER_BYTES) {
      const [stream = 0, ...zeros] = this.#header.subarray(0, 4);
      this.#isOver = stream > STDERR || zeros.some((byte) => byte !== 0);
      this.#stream = stream === STDERR ? "stderr" : "stdout";
      this.#left = this.#header.readUInt32BE(4);
      this.#isStart = true;
      this.#header = Buffer.alloc(0);
    }
    return part.byteLength;
  }
}

/** The same the other way round. */
export function framed({ stream, bytes }: StreamPiece): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = stream === "stderr" ? STDERR : STDOUT;
  header.writeUInt32BE(bytes.byteLength, 4);
  return Buffer.concat([header, bytes]);
}
