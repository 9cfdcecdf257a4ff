import { expect, test } from "vitest";
import { movePick, pickLine } from "./picked-lines.ts";
import { RowFolds } from "./row-folds.ts";

const place = { start: 40, lineCount: 100, isExtending: false, folds: new RowFolds() };

test("the first move picks the line in view", () => {
  expect(movePick(null, 1, place)).toMatchObject({ from: 40, to: 40 });
});

test("moves stop at both ends of the log", () => {
  expect(movePick(pickLine(100, null, false), 1, place)).toMatchObject({ from: 100, to: 100 });
  expect(movePick(pickLine(1, null, false), -1, place)).toMatchObject({ from: 1, to: 1 });
});

test("extending keeps the line it began at, in both directions", () => {
  const begun = pickLine(10, null, false);
  const down = movePick(begun, 3, { ...place, isExtending: true });
  const up = movePick(down, -5, { ...place, isExtending: true });

  expect(down).toMatchObject({ from: 10, to: 13 });
  expect(up).toMatchObject({ from: 8, to: 10 });
});

test("a plain move after extending begins anew", () => {
  const extended = pickLine(20, pickLine(10, null, false), true);

  expect(movePick(extended, 1, place)).toMatchObject({ from: 21, to: 21 });
});
