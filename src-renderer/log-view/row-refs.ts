import type { RunId } from "#contract/ids.ts";
import type { MergedPlace } from "#contract/log.ts";
import type { LineOrigin } from "./log-source.ts";

/** Which line of which run each row is; the oldest are forgotten first. Lines of one run come in their order. */
export class RowRefs {
  readonly #limit: number;
  readonly #runs: RunId[] = [];
  readonly #places = new Map<RunId, number>();
  #runOf: number[] = [];
  #numbers: number[] = [];
  #forgotten = 0;
  /** The last line of each run that was forgotten. */
  readonly #forgottenTo: number[] = [];

  /** @param limit rows that are remembered: some sixteen bytes each */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#forgotten + this.#numbers.length;
  }
  get runs(): readonly RunId[] {
    return this.#runs;
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

  /** Index of a line, or of the next one of its run; -1 when there is none. */
  indexOf({ runId, number }: LineOrigin): number {
    const run = this.#places.get(runId);
    const slot = this.#numbers.findIndex((each, at) => each >= number && this.#runOf[at] === run);
    return slot === -1 ? -1 : slot + this.#forgotten;
  }

  /** The last line of each run among the first `count` rows, and of the others what `base` says. */
  placeAfter(count: number, base: MergedPlace): MergedPlace {
    const last = this.#runs.map((_, run) => this.#forgottenTo[run] ?? 0);
    const end = Math.min(this.#numbers.length, count - this.#forgotten);
    for (let slot = 0; slot < end; slot += 1) last[this.#runOf[slot] ?? 0] = this.#numbers[slot] ?? 0;
    const found = this.#runs.map((runId, run) => [runId, Math.max(last[run] ?? 0, base[runId] ?? 0)]);
    return { ...base, ...Object.fromEntries(found) };
  }

  /** Takes the first rows away; the others are counted anew. */
  dropFirst(count: number): void {
    this.#forget(Math.max(0, count - this.#forgotten));
    this.#forgotten -= count;
  }

  #forget(count: number): void {
    for (let slot = 0; slot < Math.min(count, this.#numbers.length); slot += 1)
      this.#forgottenTo[this.#runOf[slot] ?? 0] = this.#numbers[slot] ?? 0;
    this.#runOf = this.#runOf.slice(count);
    this.#numbers = this.#numbers.slice(count);
    this.#forgotten += count;
  }
}
