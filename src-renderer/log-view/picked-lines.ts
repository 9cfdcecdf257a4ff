import type { RowFolds } from "./row-folds.ts";

/** Lines a person picked, to copy or to link; ascending, both ends included. `anchor` is where it began. */
export interface PickedLines {
  readonly from: number;
  readonly to: number;
  readonly anchor: number;
  /** The end that moves when the choice is extended. */
  readonly head: number;
}

export function pickLine(line: number, picked: PickedLines | null, isExtending: boolean): PickedLines {
  const anchor = isExtending && picked !== null ? picked.anchor : line;
  return { from: Math.min(anchor, line), to: Math.max(anchor, line), anchor, head: line };
}

/** Moves the picked line, or its end; begins at `start` when nothing is picked. */
export function movePick(
  picked: PickedLines | null,
  by: number,
  place: {
    readonly start: number;
    readonly lineCount: number;
    readonly isExtending: boolean;
    /** Rows that are shown as one are one step. */
    readonly folds: Pick<RowFolds, "slotOf" | "rowAt">;
  },
): PickedLines {
  const { folds } = place;
  const to = picked === null ? place.start : folds.rowAt(folds.slotOf(picked.head) + by);
  return pickLine(Math.min(place.lineCount, Math.max(1, to)), picked, place.isExtending);
}
