import { expect, test } from "vitest";
import { lineFrom } from "./line-number.ts";

test.each([
  ["7", 7],
  [" 1 000 ", 1_000],
  ["1,000", 1_000],
  ["0", 1],
  ["99999", 5_000],
  ["-1", 5_000],
  ["-10", 4_991],
  ["-99999", 1],
])("%j means line %d of 5000", (text, line) => {
  expect(lineFrom(text, 5_000)).toBe(line);
});

test.each(["", "ten", "1.5", "--1"])("%j means no line", (text) => {
  expect(lineFrom(text, 5_000)).toBeNull();
});

test("an empty log has no line to go to", () => {
  expect(lineFrom("1", 0)).toBeNull();
});
