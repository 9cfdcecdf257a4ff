import { expect, test } from "vitest";
import { groupRows, nextSort, rowAfterKey, sortRows } from "./table-rows.ts";

test("rows without a value stand last in both directions, and numbers in names count as numbers", () => {
  const rows = ["run 10", null, "run 9", "Run 1"];

  expect(sortRows(rows, (row) => row, false)).toEqual(["Run 1", "run 9", "run 10", null]);
  expect(sortRows(rows, (row) => row, true)).toEqual(["run 10", "run 9", "Run 1", null]);
});

test("the first click sorts as the column begins, the second turns it round", () => {
  const first = nextSort(null, "when", true);

  expect(first).toEqual({ column: "when", isDescending: true });
  expect(nextSort(first, "when", true)).toEqual({ column: "when", isDescending: false });
  expect(nextSort(first, "name", false)).toEqual({ column: "name", isDescending: false });
});

test("the keyboard stays within the rows and leaves other keys alone", () => {
  const moves = ["ArrowDown", "ArrowUp", "PageDown", "Home", "End", "x"].map((key) => rowAfterKey(key, 3, 5));

  expect(moves).toEqual([4, 2, 4, 0, 4, null]);
  expect(rowAfterKey("End", 0, 0)).toBeNull();
});

test("rows stand under their groups in the order they had, and those of no group stand last", () => {
  const rows = ["web/b", "alone", "db/x", "web/a"];
  const said = (folded: readonly string[], of: readonly string[] = rows) =>
    groupRows(of, {
      rowKey: (row) => row,
      groupOf: (row) => (row.includes("/") ? (row.split("/")[0] ?? "") : ""),
      folded: new Set(folded),
    }).map((item) => (item.kind === "row" ? item.key : `${item.key} ${item.rows.length}`));

  expect(said([])).toEqual(["group:db 1", "db/x", "group:web 2", "web/b", "web/a", "group: 1", "alone"]);
  expect(said(["web", ""])).toEqual(["group:db 1", "db/x", "group:web 2", "group: 1"]);
  expect(said([], ["alone", "other"])).toEqual(["alone", "other"]);
});
