import { describe, expect, test } from "vitest";
import { visibleJson, visibleLines, visibleText } from "./visible-text.ts";

describe("visible text", () => {
  test.each([
    ["a title", "\u001b]0;owned\u0007text", "␛]0;owned␇text"],
    ["a cursor that moves", "\u001b[2J\u001b[1;1Hx", "␛[2J␛[1;1Hx"],
    ["a colour", "\u001b[31mred\u001b[0m", "␛[31mred␛[0m"],
    ["an eight-bit control", "\u009b31mx", "‹U+009B›31mx"],
    ["a turned direction", "a\u202eb\u2066c", "a‹U+202E›b‹U+2066›c"],
    ["what takes no room", "a\u200bb\ufeffc\u00add", "a‹U+200B›b‹U+FEFF›c‹U+00AD›d"],
    ["a tag", "a\u{e0041}", "a‹U+E0041›"],
    ["a lone surrogate", "a\ud800", "a‹U+D800›"],
    ["a line separator", "a\u2028b\nc", "a‹U+2028›b␊c"],
    ["an emoji of several parts", "👩‍💻 ❤️", "👩‍💻 ❤️"],
    ["a joiner between letters", "a\u200db", "a‹U+200D›b"],
    ["a heap of marks", `e${"\u0301".repeat(500)}!`, `e${"\u0301".repeat(8)}‹492 more marks›!`],
    ["letters with marks", "Việt Nam, שָׁלוֹם, ❤", "Việt Nam, שָׁלוֹם, ❤"],
  ])("shows %s", (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  test.each(["\u001b[1;31m", "\u001b[38;5;200m", "\u001b[48;2;1;2;3m"])(
    "keeps %j where colours are wanted, and ends them with the line",
    (sgr) => {
      expect(visibleText(`${sgr}x`, "kept")).toBe(`${sgr}x\u001b[0m`);
      expect(visibleText(`${sgr}x`, "dropped")).toBe("x");
    },
  );

  test.each([
    "\u001b[5m",
    "\u001b[8m",
    "\u001b[38;5m",
    "\u001b[38;2;1;2;999m",
    "\u001b[>4;2m",
    "\u001b[31;5m",
  ])("obeys %j never", (sequence) => {
    for (const wish of ["kept", "dropped"] as const) {
      expect(visibleText(`${sequence}x`, wish)).toBe(`␛${sequence.slice(1)}x`);
    }
  });

  test("keeps the lines of a text of several", () => {
    expect(visibleLines("one\n\u001b[2Jtwo\n")).toBe("one\n␛[2Jtwo\n");
  });

  test("writes JSON that means the same and holds nothing that acts", () => {
    const value = { text: "\u001b[0m\u009b31m\u202e\u007f\u{e0041}é", "\u0085": 1 };

    const text = visibleJson(value);

    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[\u0020-\u007eé]*$/);
  });

  test("takes a megabyte of controls in no time worth waiting for", () => {
    expect(visibleText("\u001b[".repeat(200_000))).toHaveLength(400_000);
  });
});
