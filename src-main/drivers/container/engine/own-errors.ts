import type { StreamPiece } from "./multiplexed.ts";

/** Podman's own connection to a container broke; see QUIRKS.md. */
const OWN_ERROR = /^Error: (?:read|write) unixpacket @->\S*\/attach: [^\n]*\n$/;
const LONGEST_BYTES = 500;

/**
 * Leaves out what Podman says of itself as if the container had said it: an error, as the last thing on the stream of
 * errors. Anything behind it shows that it was the container's.
 */
export class OwnErrors {
  #held: StreamPiece | null = null;

  /** What the container surely said, with this piece or before it. */
  pass(piece: StreamPiece): readonly StreamPiece[] {
    const said = this.#held === null ? [] : [this.#held];
    this.#held = isOwnError(piece) ? piece : null;
    return this.#held === null ? [...said, piece] : said;
  }
}

function isOwnError({ bytes, stream }: StreamPiece): boolean {
  if (stream !== "stderr" || bytes.byteLength > LONGEST_BYTES) return false;
  return OWN_ERROR.test(Buffer.from(bytes).toString("latin1"));
}
