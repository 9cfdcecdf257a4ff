import type { RunId } from "#contract/ids.ts";
import type { LineOrigin } from "./log-source.ts";

/** Rows that are remembered: some ten bytes each. */
const REFS_LIMIT = 1_000_000;

/** Which line of which run each row is; the oldest are forgotten first. */
export class RowRefs {
  readonly #limit: number;
  readonly #runs: RunId[] = [];
  readonly #places = new Map<RunId, number>();
  #runOf: number[] = [];
  #numbers: number[] = [];
  #forgotten = 0;

  constructor(limit = REFS_LIMIT) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#forgotten + this.#numbers.length;
  }

  push({ runId, number }: LineOrigin): void {
    let place = this.#places.get(runId);
    if (place === undefined) {
      place = this.#runs.push(runId) - 1;
      this.#places.set(runId, place);
    }
    this.#runOf.push(place);
    this.#numbers.push(number);
    // Seldom and much at once, because it moves all the others.
    if (this.#numbers.length > this.#limit * 1.25) this.#forget(this.#numbers.length - this.#limit);
  }

  /** Index from 0; undefined for one that was forgotten. */
  at(index: number): LineOrigin | undefined {
    const slot = index - this.#forgotten;
    const runId = this.#runs[this.#runOf[slot] ?? -1];
    const number = this.#numbers[slot];
    return runId === undefined || number === undefined ? undefined : { runId, number };
  }

  #forget(count: number): void {
    this.#runOf = this.#runOf.slice(count);
    this.#numbers = this.#numbers.slice(count);
    this.#forgotten += count;
  }
}
