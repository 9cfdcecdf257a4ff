/**
 * More than what can be wrong at the end of a log that is read while it is written: an engine takes down so much at once
 * at most, and of that only a part may stand there yet, with a line feed that was not said.
 */
const UNSURE_BYTES = 16 << 10;
/** So often more live output is waited for before all begins anew. */
const MOST_TRIES = 3;
const NOTHING = Buffer.alloc(0);

/**
 * Where one stream goes over from the log to the live output: at the only place of the log, behind what it held before
 * the live output was opened, where the first live bytes stand. They do stand there, because engines write the log first.
 */
export class StreamSeam {
  /** Bytes since the beginning that were handed on. */
  #told: number;
  /** Bytes before `#log`. */
  #before: number;
  /** Bytes of the log that are still to be passed in the first reading. */
  #unwanted: number;
  /** The log behind `#before` as it was read last. */
  #log: Buffer = NOTHING;
  /** No live output can stand before this place. */
  #earliest: number;
  #live: Buffer = NOTHING;
  #tries = 0;
  /** Null until the seam is found; then live bytes that the log has told already. */
  #known: number | null = null;

  /** @param told bytes since the beginning of the log that are not wanted again */
  constructor(told: number) {
    this.#told = told;
    this.#unwanted = told;
    this.#before = told;
    this.#earliest = told;
  }

  get told(): number {
    return this.#told;
  }

  get isJoined(): boolean {
    return this.#known !== null;
  }

  /** Whether the same bytes stand at several places, also with more of them. */
  get isUnclear(): boolean {
    return !this.isJoined && this.#tries >= MOST_TRIES;
  }

  /** Takes in the log before the live output is opened, bit by bit. @returns what of it is to be handed on */
  begin(bytes: Uint8Array): Uint8Array {
    const skipped = Math.min(this.#unwanted, bytes.byteLength);
    this.#unwanted -= skipped;
    this.#log = Buffer.concat([this.#log, bytes.subarray(skipped)]);
    const sure = this.#log.subarray(0, Math.max(0, this.#log.byteLength - UNSURE_BYTES));
    this.#log = this.#log.subarray(sure.byteLength);
    this.#told += sure.byteLength;
    this.#before = this.#told;
    this.#earliest = this.#before + this.#log.byteLength;
    return sure;
  }

  /** Place of the log from which on `look` wants it. */
  get lookFrom(): number {
    return this.#before;
  }

  /**
   * Takes in the log as it is now, and finds the seam when there is live output.
   *
   * @returns what is to be handed on, and whether the log has grown
   * @throws Error when the log does not hold what the container says
   */
  look(log: Buffer): { readonly bytes: readonly Uint8Array[]; readonly hasGrown: boolean } {
    const last = this.#log;
    this.#log = log;
    const hasGrown = log.byteLength > last.byteLength;
    // What two readings agree on is whole.
    const isSure = last.equals(log.subarray(0, last.byteLength));
    const sure = isSure ? [this.#tell(this.#before + last.byteLength)] : [];
    return { bytes: this.#live.byteLength === 0 ? sure : [...sure, ...this.#join()], hasGrown };
  }

  /** Takes in live output. @returns what of it is to be handed on: nothing before the seam is found */
  hear(bytes: Uint8Array): Uint8Array {
    if (this.#known === null) {
      this.#live = Buffer.concat([this.#live, bytes]);
      return NOTHING;
    }
    const skipped = Math.min(this.#known, bytes.byteLength);
    this.#known -= skipped;
    this.#told += bytes.byteLength - skipped;
    return bytes.subarray(skipped);
  }

  get hasHeard(): boolean {
    return this.#live.byteLength > 0;
  }

  #join(): readonly Uint8Array[] {
    const first = this.#log.indexOf(this.#live, this.#earliest - this.#before);
    if (first === -1) throw new Error("the log does not hold what the container says");
    this.#tries += 1;
    if (this.#log.indexOf(this.#live, first + 1) !== -1) return [];
    const rest = this.#tell(this.#before + first);
    this.#known = this.#told - (this.#before + first);
    const live = this.hear(this.#live);
    this.#live = NOTHING;
    this.#log = NOTHING;
    return [rest, live];
  }

  /** The log from what was told up to a place. */
  #tell(end: number): Uint8Array {
    const bytes = this.#log.subarray(this.#told - this.#before, Math.max(this.#told, end) - this.#before);
    this.#told += bytes.byteLength;
    return bytes;
  }
}
