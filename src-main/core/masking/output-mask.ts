import type { SecretForm } from "./secret-forms.ts";

const NOTHING = new Uint8Array(0);
/** So many bytes of a secret do not stand at the end of a prompt by chance. */
const LEAST_COINCIDENCE = 6;

/**
 * Hides secrets in one stream of bytes.
 *
 * `push` gives back what is certain and keeps what may be the beginning of a secret, always less than the longest
 * form; `release` gives that back when it has waited long enough, unless it is too much of a secret, and `flush` gives it
 * back because nothing follows. Everything else passes byte for byte. Where forms overlap, all they cover is hidden.
 *
 * One pass: a table of the first two bytes of all forms says where to compare. Output that repeats the beginning of
 * a long secret at every byte costs more; only the agent that was given it can write that.
 */
export class OutputMask {
  readonly #byStart = new Map<number, SecretForm[]>();
  readonly #starts = new Uint8Array(65_536);
  readonly #firsts = new Uint8Array(256);
  #held: Uint8Array = NOTHING;
  /** So many bytes at the beginning of `held` belong to a secret whose mask was given out already. */
  #covered = 0;
  /** So many bytes at the beginning of `held` were given out as they are; a secret they begin is hidden from there on. */
  #shown = 0;

  /** @param forms longest first, as `secretForms` gives them */
  constructor(forms: readonly SecretForm[]) {
    for (const form of forms) {
      const [first = 0, second = 0] = form.bytes;
      const start = (first << 8) | second;
      this.#starts[start] = 1;
      this.#firsts[first] = 1;
      const others = this.#byStart.get(start);
      if (others === undefined) this.#byStart.set(start, [form]);
      else others.push(form);
    }
  }

  get heldBytes(): number {
    return this.#held.length - this.#shown;
  }

  /** Never a view into `bytes`. */
  push(bytes: Uint8Array): Uint8Array {
    return this.#scan(joined(this.#held, bytes), false);
  }

  /**
   * What was held back, because nobody can wait any longer; what follows is still compared with it. Nothing when it is
   * so much of a secret that it is no coincidence.
   */
  release(): Uint8Array {
    const held = this.#held;
    if (held.length >= LEAST_COINCIDENCE) return NOTHING;
    const out = held.slice(Math.max(this.#covered, this.#shown));
    this.#shown = held.length;
    return out;
  }

  /** What was held back, because nothing follows. */
  flush(): Uint8Array {
    return this.#held.length === 0 ? NOTHING : this.#scan(this.#held, true);
  }

  #scan(bytes: Uint8Array, isEnd: boolean): Uint8Array {
    const out = new Pieces();
    let maskedTo = this.#covered;
    let copiedTo = Math.max(this.#covered, this.#shown);
    let keepFrom = bytes.length;
    for (let at = this.#nextStart(bytes, 0); at < bytes.length; at = this.#nextStart(bytes, at + 1)) {
      const found = this.#look(bytes, at, isEnd);
      if (found === null) continue;
      if (found === "unfinished") {
        keepFrom = at;
        break;
      }
      const end = at + found.bytes.length;
      if (at >= maskedTo) {
        out.add(bytes.subarray(copiedTo, Math.max(copiedTo, at)));
        out.add(found.mask);
      }
      maskedTo = Math.max(maskedTo, end);
      copiedTo = Math.max(copiedTo, maskedTo);
    }
    if (copiedTo < keepFrom) out.add(bytes.subarray(copiedTo, keepFrom));
    this.#held = bytes.slice(keepFrom);
    this.#covered = Math.max(0, maskedTo - keepFrom);
    this.#shown = Math.max(0, this.#shown - keepFrom);
    return out.join();
  }

  /** The next place from `from` on where a form may begin; the length when there is none. */
  #nextStart(bytes: Uint8Array, from: number): number {
    const starts = this.#starts;
    const last = bytes.length - 1;
    let first = bytes[from] ?? 0;
    for (let at = from; at < last; at += 1) {
      const second = bytes[at + 1] ?? 0;
      if (starts[(first << 8) | second] === 1) return at;
      first = second;
    }
    return from <= last && this.#firsts[first] === 1 ? last : bytes.length;
  }

  /** The longest form that begins here; `unfinished` when a longer one may still come true. */
  #look(bytes: Uint8Array, at: number, isEnd: boolean): SecretForm | "unfinished" | null {
    const left = bytes.length - at;
    if (left === 1) return isEnd ? null : "unfinished";
    const start = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    for (const form of this.#byStart.get(start) ?? []) {
      const isWhole = form.bytes.length <= left;
      if ((!isWhole && isEnd) || !begins(bytes, at, form.bytes)) continue;
      return isWhole ? form : "unfinished";
    }
    return null;
  }
}

/** Whether `form`, as far as the bytes go, stands at `at`. */
function begins(bytes: Uint8Array, at: number, form: Uint8Array): boolean {
  const length = Math.min(form.length, bytes.length - at);
  for (let index = 2; index < length; index += 1) {
    if (bytes[at + index] !== form[index]) return false;
  }
  return true;
}

function joined(held: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (held.length === 0) return bytes;
  const both = new Uint8Array(held.length + bytes.length);
  both.set(held);
  both.set(bytes, held.length);
  return both;
}

class Pieces {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  join(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
