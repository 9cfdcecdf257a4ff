import { expect, test } from "vitest";
import { idsAt } from "./attachments.ts";
import type { ViewLine } from "./log-source.ts";

const times = new Map([
  [1, 100],
  [2, 200],
  [3, 200],
  [4, 300],
]);
const lineAt = (row: number): ViewLine | undefined => {
  const atMs = times.get(row);
  return atMs === undefined ? undefined : { number: row, stream: "stdout", atMs, text: "", isCut: false };
};
const endOf = (row: number) => row;
const items = [
  { id: "before", atMs: 50 },
  { id: "same", atMs: 200 },
  { id: "between", atMs: 250 },
  { id: "after", atMs: 900 },
];

test("each stands once, below the last line before it", () => {
  const places = [1, 2, 3, 4].map((row) => idsAt(items, row, { lineCount: 4, lineAt, endOf }));

  expect(places).toEqual([["before"], [], ["same", "between"], ["after"]]);
});

test("it waits until the line behind it is known", () => {
  expect(idsAt(items, 4, { lineCount: 9, lineAt, endOf })).toEqual([]);
  expect(idsAt(items, 7, { lineCount: 9, lineAt, endOf })).toEqual([]);
});

test("below rows that are shown as one stands what happened until the next row that is shown", () => {
  const folded = (row: number) => (row === 2 ? 3 : row);

  expect(idsAt(items, 2, { lineCount: 4, lineAt, endOf: folded })).toEqual(["same", "between"]);
});
