import type { LogStream } from "#contract/log.ts";

/** Finds a text in a stream of bytes that comes in pieces, each stream for itself. */
export class TextFinder {
  readonly #wanted: Buffer;
  readonly #tails = new Map<LogStream, Buffer>();

  constructor(text: string) {
    this.#wanted = Buffer.from(text, "utf8");
  }

  /** Whether the text ended in this piece. */
  push(stream: LogStream, bytes: Uint8Array): boolean {
    const joined = Buffer.concat([this.#tails.get(stream) ?? Buffer.alloc(0), bytes]);
    if (joined.includes(this.#wanted)) return true;
    // A copy: a view would keep the whole piece in memory.
    this.#tails.set(
      stream,
      Buffer.from(joined.subarray(Math.max(0, joined.length - this.#wanted.length + 1))),
    );
    return false;
  }
}
