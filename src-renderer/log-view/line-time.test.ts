import { expect, test } from "vitest";
import { formatLineTime, formatLineTimeInFull } from "./line-time.ts";

test.each([
  [0, "+0:00.000"],
  [61_042, "+1:01.042"],
  [3_723_007, "+1:02:03.007"],
  [-1500, "−0:01.500"],
])("%d ms after the origin is %s", (offset, text) => {
  expect(formatLineTime(1_000_000 + offset, "relative", 1_000_000)).toBe(text);
});

test("absolute times are of the reader's own clock", () => {
  const atMs = new Date(2026, 0, 5, 7, 8, 9, 10).getTime();

  expect(formatLineTime(atMs, "absolute", 0)).toBe("07:08:09.010");
  expect(formatLineTimeInFull(atMs)).toBe("2026-01-05 07:08:09.010");
});
