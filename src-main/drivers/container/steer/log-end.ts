import type { StreamPiece } from "../engine/multiplexed.ts";

type Stream = StreamPiece["stream"];

const LINE_FEED = 0x0a;
/** Docker cuts longer lines into entries of 16 KiB, of which only the last can be missed. */
const KEPT_BYTES = 64 << 10;
const NOTHING = new Uint8Array(0);

/**
 * What stands behind the last line feed of each stream of a log that is followed. Docker closes a log that is followed
 * when the program ends, now and then before it has handed that on; see QUIRKS.md.
 */
export class LogEnd {
  readonly #seen = new Map<Stream, Uint8Array>();

  /** Takes in what the follower was given. */
  see({ bytes, stream }: StreamPiece): void {
    this.#seen.set(stream, endOf([this.#seenOf(stream), bytes]));
  }

  /** What of the last entries of the whole log the follower was not given. */
  missingFrom(last: readonly StreamPiece[]): readonly StreamPiece[] {
    return (["stdout", "stderr"] as const).flatMap((stream) => {
      const end = endOf(last.filter((piece) => piece.stream === stream).map(({ bytes }) => bytes));
      const bytes = end.subarray(overlap(this.#seenOf(stream), end));
      return bytes.byteLength === 0 ? [] : [{ stream, bytes }];
    });
  }

  #seenOf(stream: Stream): Uint8Array {
    return this.#seen.get(stream) ?? NOTHING;
  }
}

function endOf(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.concat(pieces);
  return whole.subarray(whole.lastIndexOf(LINE_FEED) + 1).subarray(-KEPT_BYTES);
}

/** How many bytes at the beginning of `end` the end of `seen` has already. */
function overlap(seen: Uint8Array, end: Uint8Array): number {
  const before = Buffer.from(seen.buffer, seen.byteOffset, seen.byteLength);
  let length = Math.min(before.byteLength, end.byteLength);
  while (length > 0 && !before.subarray(before.byteLength - length).equals(end.subarray(0, length)))
    length -= 1;
  return length;
}
