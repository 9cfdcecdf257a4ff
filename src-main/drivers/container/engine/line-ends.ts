import { MultiplexedParser, type StreamPiece } from "./multiplexed.ts";

const LINE_FEED = 10;
const SPACE = 32;
const MISSING = Uint8Array.of(LINE_FEED);

/**
 * Reads a log that was asked for with times, and gives lines of more than 16 KiB their line feed back.
 *
 * Docker's `local` driver keeps such a line in several messages of one time and drops its line feed. So where a message
 * does not end with one, and the next of its stream has another time, it is missing in between.
 */
export class LineEndRestorer {
  readonly #parser = new MultiplexedParser();
  readonly #streams = { stdout: new Restored(), stderr: new Restored() };

  push(bytes: Uint8Array): readonly StreamPiece[] {
    return this.#parser.push(bytes).flatMap(({ stream, isStart, bytes: part }) =>
      this.#streams[stream]
        .push(part, isStart)
        .filter(({ byteLength }) => byteLength > 0)
        .map((said) => ({ stream, bytes: said })),
    );
  }
}

/** One stream of it. */
class Restored {
  /** Time of the message that is being read, as far as it has come. */
  #time = "";
  #isInTime = false;
  #lastTime = "";
  #isTerminated = true;

  push(bytes: Uint8Array, isStart: boolean): readonly Uint8Array[] {
    if (isStart) {
      this.#lastTime = this.#time;
      this.#time = "";
      this.#isInTime = true;
    }
    return this.#isInTime ? this.#takeTime(bytes) : [this.#said(bytes)];
  }

  #takeTime(bytes: Uint8Array): readonly Uint8Array[] {
    const end = bytes.indexOf(SPACE);
    this.#time += Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString("latin1");
    if (end === -1) return [];
    this.#isInTime = false;
    const isLost = !this.#isTerminated && this.#time !== this.#lastTime;
    return [...(isLost ? [MISSING] : []), this.#said(bytes.subarray(end + 1))];
  }

  #said(bytes: Uint8Array): Uint8Array {
    if (bytes.byteLength > 0) this.#isTerminated = bytes.at(-1) === LINE_FEED;
    return bytes;
  }
}
