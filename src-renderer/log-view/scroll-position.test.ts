import { describe, expect, test } from "vitest";
import {
  anchorOf,
  contentPx,
  isCompressed,
  MAX_CONTENT_PX,
  movedBy,
  progressKeeping,
  progressOf,
  progressToRow,
  rowRange,
  type ScrollSpace,
  scrollTopOf,
} from "./scroll-position.ts";

const small: ScrollSpace = { rowCount: 1000, rowPx: 20, viewportPx: 400 };
const huge: ScrollSpace = { rowCount: 10_000_000, rowPx: 20, viewportPx: 400 };

/** Where a row of average height stands in the viewport. */
function topOf(index: number, progress: number, space: ScrollSpace): number {
  const anchor = anchorOf(progress, space);
  return progress * space.viewportPx + (index - anchor.index - anchor.fraction) * space.rowPx;
}

describe("a log with equal rows scrolls like any page", () => {
  test.each([0, 1, 19.5, 4321, 19_599, 19_600])("at %d px", (scrollTop) => {
    const progress = progressOf(scrollTop, small);

    expect(topOf(500, progress, small)).toBeCloseTo(500 * 20 - scrollTop, 6);
  });
});

test("both ends are reached exactly, also of ten million lines", () => {
  for (const space of [small, huge]) {
    expect(topOf(0, progressOf(0, space), space)).toBe(0);
    expect(topOf(space.rowCount, progressOf(contentPx(space), space), space)).toBeCloseTo(400, 6);
  }
});

test("a log that fits does not scroll", () => {
  const space = { rowCount: 5, rowPx: 20, viewportPx: 400 };

  expect(progressOf(50, space)).toBe(0);
  expect(movedBy(0, 3, space)).toBe(0);
  expect(rowRange(0, space, 20)).toEqual({ start: 0, end: 5 });
});

test("an empty log has no rows", () => {
  const space = { rowCount: 0, rowPx: 20, viewportPx: 400 };

  expect(rowRange(0, space, 20)).toEqual({ start: 0, end: 0 });
});

test("the content never grows beyond what browsers can place", () => {
  expect(contentPx(huge)).toBe(MAX_CONTENT_PX);
  expect(isCompressed(huge)).toBe(true);
  expect(isCompressed(small)).toBe(false);
});

test("one row down is one row down even where the scroll bar is compressed", () => {
  const before = progressToRow(5_000_000, huge);

  const after = movedBy(before, 1, huge);

  expect(topOf(5_000_000, before, huge) - topOf(5_000_000, after, huge)).toBeCloseTo(20, 3);
});

test("a row that is jumped to is in view, in every log", () => {
  for (const space of [small, huge])
    for (const index of [0, 1, 20, 500, space.rowCount - 2, space.rowCount - 1]) {
      const top = topOf(index, progressToRow(index, space), space);
      expect(top).toBeGreaterThanOrEqual(-10);
      expect(top).toBeLessThanOrEqual(390);
    }
});

test("progress and scroll bar agree in both directions", () => {
  expect(progressOf(scrollTopOf(0.37, small), small)).toBeCloseTo(0.37, 9);
  expect(progressOf(scrollTopOf(0.37, huge), huge)).toBeCloseTo(0.37, 9);
});

test("every row in view is rendered and few others", () => {
  for (let scrollTop = 0; scrollTop <= 19_600; scrollTop += 37) {
    const { start, end } = rowRange(progressOf(scrollTop, small), small, 20);
    expect(start * 20).toBeLessThanOrEqual(scrollTop);
    expect(end * 20).toBeGreaterThanOrEqual(Math.min(20_000, scrollTop + 400));
    expect(end - start).toBeLessThan(70);
  }
});

describe("rows stay where they are while the log grows", () => {
  test("equal rows", () => {
    const before = progressOf(4000, small);
    const { start, end } = rowRange(before, small, 20);
    const rows = Array.from({ length: end - start }, (_, slot) => ({
      index: start + slot,
      topPx: topOf(start + slot, before, small),
      heightPx: 20,
    }));
    const grown = { ...small, rowCount: 1700 };

    const after = progressKeeping(rows, grown);

    expect(after).not.toBeNull();
    expect(topOf(210, after ?? 0, grown)).toBeCloseTo(topOf(210, before, small), 4);
  });

  test("rows of different heights", () => {
    const heights = [20, 60, 20, 120, 20, 20, 200, 20];
    let topPx = -50;
    const rows = heights.map((heightPx, slot) => {
      const row = { index: 100 + slot, topPx, heightPx };
      topPx += heightPx;
      return row;
    });
    const grown = { rowCount: 300, rowPx: 60, viewportPx: 400 };

    const progress = progressKeeping(rows, grown) ?? Number.NaN;

    const anchor = anchorOf(progress, grown);
    const row = rows.find((candidate) => candidate.index === anchor.index);
    const anchorPx = (row?.topPx ?? 0) + anchor.fraction * (row?.heightPx ?? 0);
    expect(anchorPx).toBeCloseTo(progress * 400, 3);
  });

  test("rows that are gone from the view cannot be kept", () => {
    expect(progressKeeping([], small)).toBeNull();
    expect(progressKeeping([{ index: 5, topPx: 900, heightPx: 20 }], small)).toBeNull();
  });
});
