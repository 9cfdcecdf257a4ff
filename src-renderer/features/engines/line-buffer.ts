import type { ContainerLogPiece } from "#contract/engine.ts";
import { fromBase64 } from "./base64.ts";

type Stream = ContainerLogPiece["stream"];

export interface BufferedLine {
  /** From 1 for the first line that arrived; stays when older lines are let go. */
  readonly number: number;
  readonly stream: Stream;
  readonly text: string;
}

export interface LineBufferBounds {
  readonly maxLines: number;
  readonly maxCharacters: number;
}

/** About 20 MB in the worst case. */
export const LINE_BOUNDS: LineBufferBounds = { maxLines: 20_000, maxCharacters: 6_000_000 };

/** The end of one line that is longer than a person reads. */
const MOST_OF_A_LINE = 16_384;

/**
 * The end of a container's log, made of the bytes that arrive.
 *
 * Streams are decoded apart, so that a character that is cut between two pieces stays whole and lines of one do not
 * run into those of the other. Beyond the bounds the oldest lines go; `droppedLines` says how many.
 */
export class LineBuffer {
  readonly #bounds: LineBufferBounds;
  readonly #decoders = new Map<Stream, TextDecoder>();
  readonly #partials = new Map<Stream, string>();
  #lines: BufferedLine[] = [];
  #characters = 0;
  #next = 1;

  constructor(bounds: LineBufferBounds = LINE_BOUNDS) {
    this.#bounds = bounds;
  }

  get lines(): readonly BufferedLine[] {
    return this.#lines;
  }

  /** What stands behind the last line feed of each stream, as lines that still grow. */
  get unfinished(): readonly BufferedLine[] {
    return [...this.#partials]
      .filter(([, text]) => text !== "")
      .map(([stream, text], index) => ({ number: this.#next + index, stream, text }));
  }

  get droppedLines(): number {
    return this.#next - 1 - this.#lines.length;
  }

  push({ base64, stream }: ContainerLogPiece): void {
    let decoder = this.#decoders.get(stream);
    if (decoder === undefined) {
      decoder = new TextDecoder();
      this.#decoders.set(stream, decoder);
    }
    const text = (this.#partials.get(stream) ?? "") + decoder.decode(fromBase64(base64), { stream: true });
    const parts = text.split("\n");
    this.#partials.set(stream, (parts.pop() ?? "").slice(0, MOST_OF_A_LINE));
    for (const part of parts) this.#add(stream, part);
    this.#trim();
  }

  /** Takes in what stands behind the last line feed of each stream, once nothing follows. */
  finish(): void {
    for (const [stream, rest] of this.#partials) if (rest !== "") this.#add(stream, rest);
    this.#partials.clear();
    this.#decoders.clear();
  }

  #add(stream: Stream, text: string): void {
    const shown = text.endsWith("\r") ? text.slice(0, -1) : text;
    const kept = shown.slice(0, MOST_OF_A_LINE);
    this.#lines.push({ number: this.#next, stream, text: kept });
    this.#next += 1;
    this.#characters += kept.length;
  }

  #trim(): void {
    const { maxCharacters, maxLines } = this.#bounds;
    let drop = Math.max(0, this.#lines.length - maxLines);
    let characters = this.#characters;
    for (let index = 0; index < drop; index += 1) characters -= this.#lines[index]?.text.length ?? 0;
    while (characters > maxCharacters && drop < this.#lines.length - 1) {
      characters -= this.#lines[drop]?.text.length ?? 0;
      drop += 1;
    }
    if (drop === 0) return;
    this.#lines = this.#lines.slice(drop);
    this.#characters = characters;
  }
}

/** Places of the lines that hold the text, whatever its case. */
export function findLines(lines: readonly BufferedLine[], text: string): readonly number[] {
  if (text === "") return [];
  const wanted = text.toLowerCase();
  return lines.flatMap((line, index) => (line.text.toLowerCase().includes(wanted) ? [index] : []));
}
