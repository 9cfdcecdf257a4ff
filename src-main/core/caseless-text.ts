const LETTERS = 26;
const CAPITAL_A = 65;
const SMALL_A = 97;
/** The table's word for a byte that may be the last one of the text. */
const LOOK_CLOSER = 0;

/** Bytes with the capital letters of ASCII as small ones. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= CAPITAL_A && byte < CAPITAL_A + LETTERS ? byte + SMALL_A - CAPITAL_A : byte,
);

/**
 * Finds a text of ASCII in either case (Horspool, 1980): one byte says how far the text cannot begin, so most bytes
 * are never looked at, and nothing is copied.
 */
export class CaselessText {
  readonly #needle: Uint8Array;
  /** How far to move on when a byte stands where the text's last one would. */
  readonly #steps: Int32Array;
  /** The same for the last one itself, when the rest differed. */
  readonly #stepAfterLast: number;

  /** `text` has at least one character, none of them beyond ASCII. */
  constructor(text: string) {
    const bytes = Uint8Array.from(text, (char) => FOLDED[char.charCodeAt(0)] ?? 0);
    const { length } = bytes;
    const last = bytes[length - 1];
    this.#needle = bytes;
    this.#steps = Int32Array.from(FOLDED, (byte) => length - 1 - bytes.lastIndexOf(byte, -2));
    this.#stepAfterLast = this.#steps[last ?? 0] ?? 1;
    for (const [byte, folded] of FOLDED.entries()) if (folded === last) this.#steps[byte] = LOOK_CLOSER;
  }

  /** Where the text begins first at or behind `from`; -1 for nowhere. */
  indexIn(bytes: Uint8Array, from: number): number {
    const steps = this.#steps;
    const last = this.#needle.length - 1;
    const { length } = bytes;
    let at = from + last;
    while (at < length) {
      const step = steps[bytes[at] as number] as number;
      if (step !== LOOK_CLOSER) {
        at += step;
        continue;
      }
      if (this.#isAt(bytes, at - last)) return at - last;
      at += this.#stepAfterLast;
    }
    return -1;
  }

  #isAt(bytes: Uint8Array, start: number): boolean {
    const needle = this.#needle;
    for (let index = 0; index < needle.length; index += 1) {
      if (FOLDED[bytes[start + index] as number] !== needle[index]) return false;
    }
    return true;
  }
}
