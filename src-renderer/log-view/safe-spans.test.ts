import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "#tests/helpers/property-runs.ts";
import { PLAIN, safeSpans, safeText } from "./safe-spans.ts";

const ESC = "\u001b";
const BEL = "\u0007";

function shown(line: string) {
  return safeSpans(line).map((span) => [span.kind, span.text]);
}

describe("colours", () => {
  test("plain text is one piece", () => {
    expect(safeSpans("hello <b>world</b>\tend")).toEqual([
      { kind: "text", text: "hello <b>world</b>\tend", style: PLAIN },
    ]);
  });

  test("an empty line has no pieces", () => {
    expect(safeSpans("")).toEqual([]);
  });

  test("a colour applies until it is taken back", () => {
    expect(safeSpans(`${ESC}[31mred${ESC}[0m plain`)).toEqual([
      { kind: "text", text: "red", style: { ...PLAIN, color: "red" } },
      { kind: "text", text: " plain", style: PLAIN },
    ]);
  });

  test.each([
    ["1", { isBold: true }],
    ["2", { isDim: true }],
    ["3", { isItalic: true }],
    ["4", { isUnderlined: true }],
    ["7", { isInverse: true }],
    ["9", { isStruck: true }],
    ["1;31", { isBold: true, color: "red" }],
    ["92", { color: "bright-green" }],
    ["44", { ground: "blue" }],
    ["103", { ground: "bright-yellow" }],
    ["38;5;9", { color: "bright-red" }],
    ["38;5;21", { color: "blue" }],
    ["48;5;255", { ground: "bright-white" }],
    ["38;2;255;0;0", { color: "red" }],
    ["38:2:0:0:0", { color: "black" }],
    ["", {}],
    ["31;0", {}],
    ["1;22", {}],
    ["31;39;41;49", {}],
  ])("SGR %s is obeyed", (codes, change) => {
    expect(safeSpans(`${ESC}[${codes}mx`)).toEqual([
      { kind: "text", text: "x", style: { ...PLAIN, ...change } },
    ]);
  });

  test.each(["8", "5", "31;8", "38;5", "38;5;256", "38;2;1;2", "38;7;1", "999", "1;".repeat(40)])(
    "SGR %s is shown and changes nothing, not even in part",
    (codes) => {
      const spans = safeSpans(`${ESC}[${codes}mx`);

      expect(spans.map((span) => span.text).join("")).toBe(`‹ESC›[${codes}mx`);
      expect(spans.every((span) => span.style === PLAIN)).toBe(true);
    },
  );

  test("a colour of one line does not reach the next", () => {
    safeSpans(`${ESC}[31mred`);

    expect(safeSpans("next")[0]?.style).toBe(PLAIN);
  });
});

describe("hostile output stays text", () => {
  test.each([
    ["hyperlink (OSC 8)", `${ESC}]8;;https://evil.test/${ESC}\\click${ESC}]8;;${ESC}\\`],
    ["window title (OSC 0)", `${ESC}]0;owned${BEL}`],
    ["clipboard write (OSC 52)", `${ESC}]52;c;cm0gLXJmIC8=${BEL}`],
    ["clipboard read (OSC 52)", `${ESC}]52;c;?${BEL}`],
    ["font query (OSC 50)", `${ESC}]50;?${BEL}`],
    ["notification (OSC 9)", `${ESC}]9;hello${BEL}`],
    ["inline file (OSC 1337)", `${ESC}]1337;File=name=eA==:AAAA${BEL}`],
    ["shell marks (OSC 133)", `${ESC}]133;A${BEL}`],
    ["palette change (OSC 4)", `${ESC}]4;1;rgb:00/00/00${BEL}`],
    ["device attributes", `${ESC}[c${ESC}[>c${ESC}[=c`],
    ["device status and cursor report", `${ESC}[5n${ESC}[6n`],
    ["title report", `${ESC}[21t`],
    ["window resize", `${ESC}[8;1;1t`],
    ["settings query (DECRQSS)", `${ESC}P$q"p${ESC}\\`],
    ["terminfo query", `${ESC}P+q544e${ESC}\\`],
    ["sixel", `${ESC}Pq#0;2;0;0;0#0~~${ESC}\\`],
    ["alternate screen", `${ESC}[?1049h`],
    ["bracketed paste", `${ESC}[?2004h`],
    ["mouse reports", `${ESC}[?1003h`],
    ["clear screen", `${ESC}[2J${ESC}[H`],
    ["erase line", `${ESC}[K`],
    ["cursor up and overwrite", `safe${ESC}[1A${ESC}[2Khidden`],
    ["full reset", `${ESC}c`],
    ["answerback", "\u0005"],
    ["backspaces that overwrite", "rm -rf /\b\b\b\b\b\b\b\bls      "],
    ["carriage return that overwrites", "secret\rpublic"],
    ["8-bit CSI", "\u009b31mred"],
    ["8-bit OSC", "\u009d0;title\u009c"],
    ["shift out", "\u000e\u000f"],
    ["NUL", "a\u0000b"],
    ["delete", "a\u007fb"],
    ["application program command", `${ESC}_Gi=1;AAAA${ESC}\\`],
    ["private message", `${ESC}^secret${ESC}\\`],
    ["unfinished escape", `text${ESC}`],
    ["unfinished SGR", `text${ESC}[31`],
    ["escape inside an escape", `${ESC}[3${ESC}[31m1m`],
    ["line separators", "a\u2028b\u2029c\u0085d"],
    ["vertical tab and form feed", "a\u000bb\u000cc"],
  ])("%s", (_name, line) => {
    const text = safeText(line);

    // Nothing that acts is left, and nothing that could be read is lost.
    expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    for (const word of line.match(/[A-Za-z]{3,}/g) ?? []) expect(text).toContain(word);
  });

  test("an escape is shown by its name", () => {
    expect(shown(`a${ESC}]0;t${BEL}b`)).toEqual([
      ["text", "a"],
      ["control", "‹ESC›"],
      ["text", "]0;t"],
      ["control", "‹BEL›"],
      ["text", "b"],
    ]);
  });

  test.each([
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "javascript:alert(1)",
    "https://example.test/?q=1",
    "&lt;b&gt;",
  ])("markup and addresses are text: %s", (line) => {
    expect(shown(line)).toEqual([["text", line]]);
  });
});

describe("characters that hide or reorder", () => {
  test.each([
    ["\u202e", "202E"],
    ["\u202a", "202A"],
    ["\u2066", "2066"],
    ["\u2069", "2069"],
    ["\u200e", "200E"],
    ["\u061c", "061C"],
    ["\u200b", "200B"],
    ["\u200c", "200C"],
    ["\u200d", "200D"],
    ["\u2060", "2060"],
    ["\ufeff", "FEFF"],
    ["\u00ad", "00AD"],
    ["\u034f", "034F"],
    ["\u3164", "3164"],
    ["\u180e", "180E"],
    ["\ufe0f", "FE0F"],
    ["\u{e0041}", "E0041"],
    ["\u{e0101}", "E0101"],
    ["\u2028", "2028"],
    ["\u009b", "009B"],
    ["\ud800", "D800"],
  ])("%j is named", (character, name) => {
    expect(shown(`a${character}b`)).toEqual([
      ["text", "a"],
      ["control", `‹U+${name}›`],
      ["text", "b"],
    ]);
  });

  test.each(["⚠️ careful", "👨‍👩‍👧 family", "👩🏽‍💻 at work", "1️⃣ first", "❤️‍🔥"])(
    "emoji stay whole: %s",
    (line) => {
      expect(shown(line)).toEqual([["text", line]]);
    },
  );

  test("a run of variation selectors, which can carry hidden data, is named from the second on", () => {
    expect(safeText("😀\ufe0f\ufe0f\ufe0e")).toBe("😀\ufe0f‹U+FE0F›‹U+FE0E›");
  });

  test("a joiner between letters is named", () => {
    expect(safeText("pass\u200dword")).toBe("pass‹U+200D›word");
  });
});

describe("line ends", () => {
  test("the carriage return of a Windows line end is not shown", () => {
    expect(safeText("done\r")).toBe("done");
  });

  test("only one of several is", () => {
    expect(safeText("done\r\r")).toBe("done‹CR›");
  });
});

test("whatever comes, no piece holds a character that acts, and no visible character is lost", () => {
  const nasty = fc.constantFrom(
    ESC,
    BEL,
    "[",
    "]",
    "m",
    ";",
    "3",
    "1",
    "\u202e",
    "\u200b",
    "\r",
    "x",
    "8",
    "\u009b",
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: nasty, maxLength: 60 })),
      (line) => {
        const spans = safeSpans(line);

        for (const span of spans) {
          expect(span.text).not.toBe("");
          expect(span.text).not.toMatch(/[\p{Cs}\p{Zl}\p{Zp}]/u);
          expect(span.text.replaceAll("\t", "")).not.toMatch(/\p{Cc}/u);
        }
        const letters = (text: string) => text.replace(/[^x]/g, "").length;
        expect(letters(safeText(line))).toBe(letters(line));
      },
    ),
    { numRuns: runs(3000) },
  );
});

test("a heap of marks is cut to what scripts need, and says so", () => {
  const heap = "\u0301".repeat(200);

  expect(safeText(`e${heap}x`)).toBe(`e${heap.slice(0, 8)}‹+192›x`);
  expect(safeText("Việt Nam שָׁלוֹם")).toBe("Việt Nam שָׁלוֹם");
});
