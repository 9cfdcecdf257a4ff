import { expect, test } from "vitest";
import {
  COLUMN_PX,
  LEAST_COLUMN_PX,
  MOST_COLUMN_PX,
  widthAfterKey,
  widthOf,
  withWidth,
} from "./column-width.ts";

test("a column has the width it was given, within bounds, until it is taken back", () => {
  const wide = withWidth(withWidth([], "shop", 300.4), "__proto__", 9);

  expect([widthOf(wide, "shop"), widthOf(wide, "__proto__"), widthOf(wide, "constructor")]).toEqual([
    300,
    LEAST_COLUMN_PX,
    COLUMN_PX,
  ]);
  expect(withWidth(withWidth(wide, "shop", 1e9), "__proto__", null)).toEqual([
    { name: "shop", px: MOST_COLUMN_PX },
  ]);
});

test("keys make it wider and narrower, by much with Shift, and as wide as it is by itself", () => {
  const after = (key: string, shiftKey = false) => widthAfterKey(200, { key, shiftKey });

  expect([after("ArrowLeft"), after("ArrowRight"), after("ArrowRight", true)]).toEqual([190, 210, 250]);
  expect([after("Home"), after("End"), after("Enter")]).toEqual([LEAST_COLUMN_PX, MOST_COLUMN_PX, COLUMN_PX]);
  expect(after("g")).toBe(null);
});
