import { type RunId, runIdSchema } from "#contract/ids.ts";

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 7;
const RANDOM_SPACE = 32 ** RANDOM_DIGITS;

/**
 * Makes run ids that sort by age.
 *
 * Ids of one source only ever grow: within a millisecond, and when the clock goes back, the random part is
 * counted up instead.
 */
export class RunIdSource {
  readonly #randomBytes: (count: number) => Uint8Array;
  #lastMs = -1;
  #lastRandom = 0;

  /** @param randomBytes unpredictable bytes; two cores must not get the same ones */
  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** @param nowMs wall time, from 1970 to the year 3084 */
  next(nowMs: number): RunId {
    if (nowMs > this.#lastMs) {
      this.#lastMs = nowMs;
      this.#lastRandom = randomNumber(this.#randomBytes(RANDOM_DIGITS));
    } else if (this.#lastRandom + 1 < RANDOM_SPACE) {
      this.#lastRandom += 1;
    } else {
      this.#lastMs += 1;
      this.#lastRandom = 0;
    }
    return runIdSchema.parse(inBase32(this.#lastMs, TIME_DIGITS) + inBase32(this.#lastRandom, RANDOM_DIGITS));
  }
}

/** Five bits of each byte. */
function randomNumber(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 32 + (byte % 32), 0);
}

function inBase32(value: number, length: number): string {
  let rest = value;
  let text = "";
  for (let place = 0; place < length; place += 1) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
