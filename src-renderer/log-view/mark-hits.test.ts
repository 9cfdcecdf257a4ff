import { expect, test } from "vitest";
import { markHits } from "./mark-hits.ts";
import { safeSpans } from "./safe-spans.ts";

test("a hit that crosses a colour is marked on both sides of it", () => {
  const marked = markHits(safeSpans("an \u001b[31mer\u001b[0mror here"), "ERROR", false);

  expect(marked.map((span) => [span.text, span.isHit, span.style.color])).toEqual([
    ["an ", false, null],
    ["er", true, "red"],
    ["ror", true, null],
    [" here", false, null],
  ]);
});

test("case counts when asked", () => {
  expect(markHits(safeSpans("Error"), "error", true).some((span) => span.isHit)).toBe(false);
});

test("every hit of a line is marked", () => {
  const texts = markHits(safeSpans("abcabc"), "a", false).map((span) => [span.text, span.isHit]);

  expect(texts).toEqual([
    ["a", true],
    ["bc", false],
    ["a", true],
    ["bc", false],
  ]);
});

test("text whose lower case is longer is shown unmarked rather than marked in the wrong place", () => {
  expect(markHits(safeSpans("İİ error"), "error", false).every((span) => !span.isHit)).toBe(true);
});
