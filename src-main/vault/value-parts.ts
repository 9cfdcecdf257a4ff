import { createHash } from "node:crypto";
import { AppError } from "#contract/errors.ts";

/** The first part says how many there are and what they add up to. */
const HEAD = /^ph1 (\d{1,4}) ([0-9a-f]{16})\n/;
const HEAD_BYTES = 40;
const DIGEST_DIGITS = 16;

/** Where parts lie. */
export interface PartPlace {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Name of part `index` of an item. */
function partName(item: string, index: number): string {
  return index === 0 ? item : `${item}/${index}`;
}

/**
 * Keeps values of any length in a place whose items take `partBytes` of UTF-8 each (Windows Credential Manager:
 * 2,560).
 *
 * The part that makes the value whole is written last; until then a reader finds nothing. Digest and count say
 * whether what is read is what was written.
 */
export class ValueParts {
  readonly #place: PartPlace;
  readonly #partBytes: number;

  constructor(place: PartPlace, partBytes: number) {
    this.#place = place;
    this.#partBytes = partBytes;
  }

  async get(item: string): Promise<string | null> {
    const first = await this.#place.get(item);
    if (first === null) return null;
    const head = HEAD.exec(first);
    if (head === null) throw damaged(item, "its beginning is not what was written");
    const texts = [first.slice(head[0].length)];
    for (let index = 1; index < Number(head[1]); index += 1) {
      const part = await this.#place.get(partName(item, index));
      if (part === null) throw damaged(item, `part ${index} of ${head[1]} is missing`);
      texts.push(part);
    }
    const value = texts.join("");
    if (digestOf(value) !== head[2]) throw damaged(item, "its parts do not fit each other");
    return value;
  }

  async set(item: string, value: string): Promise<void> {
    const texts = cut(value, this.#partBytes - HEAD_BYTES);
    const [first = "", ...rest] = texts;
    for (const [index, text] of rest.entries()) await this.#place.set(partName(item, index + 1), text);
    await this.#place.set(item, `ph1 ${texts.length} ${digestOf(value)}\n${first}`);
  }

  /** Takes the whole away first, then its parts, also those that a write cut short left behind. */
  async delete(item: string): Promise<void> {
    const first = await this.#place.get(item);
    const count = Number(HEAD.exec(first ?? "")?.[1] ?? 1);
    await this.#place.delete(item);
    for (
      let index = 1;
      index < count || (await this.#place.get(partName(item, index))) !== null;
      index += 1
    ) {
      await this.#place.delete(partName(item, index));
    }
  }
}

/** Pieces of at most `limit` bytes of UTF-8, none of them in the middle of a character. */
function cut(value: string, limit: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const character of value) {
    const size = Buffer.byteLength(character);
    if (bytes + size > limit) {
      pieces.push(piece);
      piece = "";
      bytes = 0;
    }
    piece += character;
    bytes += size;
  }
  return [...pieces, piece];
}

function digestOf(value: string): string {
  return createHash("sha256").update(value).digest("hex").slice(0, DIGEST_DIGITS);
}

function damaged(item: string, problem: string): AppError {
  return new AppError("vault.damaged", `The stored value ${item} is damaged: ${problem}`, {
    details: { file: item, problem },
  });
}
