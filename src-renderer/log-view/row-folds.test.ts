import fc from "fast-check";
import { expect, test } from "vitest";
import type { ViewLine } from "./log-source.ts";
import { RowFolds } from "./row-folds.ts";

const ROWS = 60;

function lineOf(number: number, folded?: { from: number; to: number }): ViewLine {
  const line = { number, stream: "stdout", atMs: 0, text: "", isCut: false } as const;
  return folded === undefined ? line : { ...line, folded };
}

/** Stretches that do not meet, in any order, each found by any of its rows. */
const stretches = fc
  .uniqueArray(fc.integer({ min: 1, max: ROWS }), { minLength: 0, maxLength: 8 })
  .map((ends) => ends.sort((a, b) => a - b))
  .map((ends) =>
    ends.flatMap((from, at) =>
      at % 2 === 0 && ends[at + 1] !== undefined ? [{ from, to: ends[at + 1] as number }] : [],
    ),
  )
  .chain((all) =>
    fc.tuple(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(fc.nat(), { minLength: all.length, maxLength: all.length }),
    ),
  );

test("what is shown is every row but those behind the first one of each stretch, each at its place", () => {
  fc.assert(
    fc.property(stretches, ([found, by]) => {
      const folds = new RowFolds();
      for (const [at, { from, to }] of found.entries())
        folds.add([lineOf(from + ((by[at] ?? 0) % (to - from + 1)), { from, to })]);

      const isHidden = (row: number) => found.some(({ from, to }) => row > from && row <= to);
      const rows = Array.from({ length: ROWS }, (_, index) => index + 1);
      const shown = rows.filter((row) => !isHidden(row));

      expect(shown.map((_, slot) => folds.rowAt(slot))).toEqual(shown);
      expect(shown.map((row) => folds.slotOf(row))).toEqual(shown.map((_, slot) => slot));
      for (const count of rows)
        expect(folds.hiddenIn(count)).toBe(rows.slice(0, count).filter(isHidden).length);
      for (const row of rows) {
        const stretch = found.find(({ from, to }) => row >= from && row <= to);
        expect(folds.rowAt(folds.slotOf(row))).toBe(stretch?.from ?? row);
        expect(folds.endOf(row)).toBe(stretch?.to ?? row);
        expect(folds.lineOf(row)?.number).toBe(stretch?.from);
      }
      const plain = folds.plainRanges(1, ROWS).flatMap(({ from, to }) => rows.slice(from - 1, to));
      expect(plain).toEqual(rows.filter((row) => folds.lineOf(row) === undefined));
    }),
  );
});

test("each fold tells where it was and how much went when it was found", () => {
  const folds = new RowFolds();
  folds.add([lineOf(30, { from: 20, to: 40 })]);
  folds.add([
    lineOf(5, { from: 4, to: 6 }),
    lineOf(50, { from: 50, to: 59 }),
    lineOf(20, { from: 20, to: 40 }),
  ]);
  folds.add([lineOf(9, { from: 9, to: 9 })]);

  expect(folds.found).toEqual([
    { slot: 19, hiddenCount: 20 },
    { slot: 3, hiddenCount: 2 },
    { slot: 27, hiddenCount: 9 },
  ]);
});

test("the first row is shown as any other row of it tells, with the number that it has in its own log", () => {
  const folds = new RowFolds();
  const gap = { sizeBytes: 9, cause: "log-damaged", lines: { from: 3, to: 8 } } as const;
  const origin = { runId: "01jd0000000000aa" as never, number: 5 };
  folds.add([{ ...lineOf(105, { from: 103, to: 108 }), gap, origin }]);

  expect(folds.lineOf(107)).toMatchObject({ number: 103, origin: { ...origin, number: 3 } });
});
