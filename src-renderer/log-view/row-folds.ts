import { firstAt } from "./hit-index.ts";
import type { ViewLine } from "./log-source.ts";

/** Rows that are shown as one. */
export interface RowFold {
  /** Where it is among what is shown, from 0, at the time it was found. */
  readonly slot: number;
  /** Rows that are not shown any more. */
  readonly hiddenCount: number;
}

interface Fold {
  /** The row that is shown; the others are behind it. */
  readonly line: ViewLine;
  readonly from: number;
  readonly to: number;
  /** Rows that the folds before it hide. */
  hiddenBefore: number;
}

/**
 * Which rows of a view are shown as one: a damaged stretch of a log had many lines, whose numbers stay theirs, and is one
 * thing to see. Rows are counted from 1, and what is shown of them, the slots, from 0.
 */
export class RowFolds {
  #folds: readonly Fold[] = [];
  readonly #found: RowFold[] = [];

  /** In the order in which they were found; never shrinks. */
  get found(): readonly RowFold[] {
    return this.#found;
  }

  /** Takes notice of lines that stand for several rows. */
  add(lines: readonly ViewLine[]): void {
    for (const line of lines) {
      const { folded } = line;
      if (folded === undefined || folded.to === folded.from || this.#of(folded.from) !== undefined) continue;
      this.#found.push({ slot: this.slotOf(folded.from), hiddenCount: folded.to - folded.from });
      const fold = { ...folded, line: firstOf(line, folded.from), hiddenBefore: 0 };
      const folds = [...this.#folds, fold].sort((a, b) => a.from - b.from);
      let hiddenBefore = 0;
      for (const each of folds) {
        each.hiddenBefore = hiddenBefore;
        hiddenBefore += each.to - each.from;
      }
      this.#folds = folds;
    }
  }

  /** How many of the first `rowCount` rows are not shown. */
  hiddenIn(rowCount: number): number {
    return rowCount === 0 ? 0 : rowCount - 1 - this.slotOf(rowCount);
  }

  slotOf(row: number): number {
    const fold = this.#atOrBefore(row);
    if (fold === undefined) return row - 1;
    return Math.max(fold.from, row - (fold.to - fold.from)) - fold.hiddenBefore - 1;
  }

  rowAt(slot: number): number {
    const at = firstAt(this.#folds, ({ from, hiddenBefore }) => from - hiddenBefore - 1 >= slot);
    const before = this.#folds[at - 1];
    return slot + 1 + (before === undefined ? 0 : before.hiddenBefore + before.to - before.from);
  }

  /** What is shown for a row that is one of several; undefined for any other. */
  lineOf(row: number): ViewLine | undefined {
    return this.#of(row)?.line;
  }

  /** The last row that is shown together with this one. */
  endOf(row: number): number {
    return this.#of(row)?.to ?? row;
  }

  /** The rows from one to another that are shown each by itself, as ranges. */
  plainRanges(from: number, to: number): readonly { readonly from: number; readonly to: number }[] {
    const ranges = [];
    let next = from;
    for (const fold of this.#folds) {
      if (fold.to < next || fold.from > to) continue;
      if (fold.from > next) ranges.push({ from: next, to: fold.from - 1 });
      next = fold.to + 1;
    }
    return next > to ? ranges : [...ranges, { from: next, to }];
  }

  #of(row: number): Fold | undefined {
    const fold = this.#atOrBefore(row);
    return fold !== undefined && row <= fold.to ? fold : undefined;
  }

  /** The last one that begins at the row or before it. */
  #atOrBefore(row: number): Fold | undefined {
    return this.#folds[firstAt(this.#folds, ({ from }) => from > row) - 1];
  }
}

/** Every row of a fold says the same, so any of them tells what the first one says. */
function firstOf(line: ViewLine, row: number): ViewLine {
  const { gap, origin } = line;
  const number = gap?.lines?.from;
  return {
    ...line,
    number: row,
    ...(origin === undefined || number === undefined ? {} : { origin: { ...origin, number } }),
  };
}
