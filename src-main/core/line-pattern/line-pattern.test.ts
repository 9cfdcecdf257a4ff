import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "#tests/helpers/property-runs.ts";
import { compileLinePattern, literalPattern } from "./line-pattern.ts";

const encoder = new TextEncoder();

/** Numbers of the lines that fit, from 0. */
function fitting(pattern: ReturnType<typeof literalPattern>, lines: readonly string[]): number[] {
  const found: number[] = [];
  const bytes = encoder.encode(`${lines.join("\n")}\n`);
  const ends = [...bytes.keys()].filter((index) => bytes[index] === 10);
  let from = 0;
  for (let at = pattern.findLine(bytes, from); at !== -1; at = pattern.findLine(bytes, from)) {
    const line = ends.findIndex((end) => end >= at);
    found.push(line);
    from = (ends[line] ?? bytes.length) + 1;
  }
  return found;
}

function fits(pattern: string, line: string, isCaseSensitive = true): boolean {
  return fitting(compileLinePattern(pattern, { isCaseSensitive }), [line]).length === 1;
}

const atom = fc.constantFrom(
  "a",
  "b",
  "é",
  "世",
  "🛰",
  ".",
  "[ab]",
  "[^a]",
  "\\d",
  "\\w",
  "\\W",
  "\\s",
  "[а-я]",
  "\\b",
  "^",
  "$",
);
const patterns = fc.letrec<{ node: string; group: string }>((tie) => ({
  group: fc.oneof(
    { depthSize: "small" },
    atom,
    fc.tuple(tie("node"), tie("node")).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(
        fc.constantFrom("a", "é", "[ab]", ".", "(?:ab|é)"),
        fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{0,2}?", "+?"),
      )
      .map((parts) => parts.join("")),
  ),
  node: fc.array(tie("group"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
})).node;
const line = fc
  .array(fc.constantFrom("a", "b", "A", "é", "É", "世", "🛰", "д", " ", "1", "_"), { maxLength: 8 })
  .map((chars) => chars.join(""));

test("it finds the lines that the platform's own engine finds", () => {
  fc.assert(
    fc.property(patterns, fc.array(line, { minLength: 1, maxLength: 5 }), (pattern, lines) => {
      const native = new RegExp(pattern, "u");

      const found = fitting(compileLinePattern(pattern, { isCaseSensitive: true }), lines);

      expect(found).toEqual([...lines.keys()].filter((index) => native.test(lines[index] ?? "")));
    }),
    { numRuns: runs(1_500) },
  );
});

/** Enough text for it to be gone through in lanes. */
function longText(parts: { noise: readonly string[]; fits: string; at: number; end: string }): Uint8Array {
  const many = Array.from({ length: 3_000 }, (_, index) => parts.noise[index % parts.noise.length] ?? "");
  many.splice(Math.floor(parts.at * many.length), 0, parts.fits);
  return encoder.encode(many.map((text) => `${text}     `).join(parts.end) + parts.end);
}

test("it knows beforehand whether any line of a long text fits", () => {
  fc.assert(
    fc.property(
      patterns,
      fc.array(line, { minLength: 1, maxLength: 5 }),
      fc.record({
        fits: line,
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        end: fc.constantFrom("\n", "\r\n"),
      }),
      (pattern, noise, place) => {
        const bytes = longText({ noise, ...place });
        const compiled = compileLinePattern(pattern, { isCaseSensitive: true });

        const mayHold = compiled.mayHold(bytes);

        expect(mayHold).toBe(compiled.findLine(bytes, 0) !== -1);
      },
    ),
    { numRuns: runs(300) },
  );
});

test.each([0, 0.2, 0.3, 0.6, 0.9, 1])("one line that fits is not missed at %d of a long text", (at) => {
  const pattern = compileLinePattern("^order \\d+ lost$", { isCaseSensitive: true });
  const noise = ["order 1 found", "order lost"];
  const bytes = longText({ noise, fits: "order 77 lost\norder 77 lost", at, end: "\n" });
  const without = longText({ noise, fits: "order 77 found", at, end: "\n" });

  expect([pattern.mayHold(bytes), pattern.mayHold(without)]).toEqual([true, false]);
});

test("the beginning of a text is not the beginning of a line when the line began before", () => {
  const pattern = compileLinePattern("^b", { isCaseSensitive: true });
  const inside = encoder.encode("b\na\n");
  const long = encoder.encode(`b\n${"a\n".repeat(20_000)}`);

  expect([pattern.findLine(inside, 0), pattern.findLine(inside, 0, true)]).toEqual([1, -1]);
  expect([pattern.mayHold(long), pattern.mayHold(long, true)]).toEqual([true, false]);
});

test("either case of every alphabet with case fits, and a text is taken as it is written", () => {
  expect(fits("straße|ÉTÉ", "STRAßE", false)).toBe(true);
  expect(fits("été", "ÉtÉ", false)).toBe(true);
  expect(fits("[а-я]+$", "ПРИВЕТ", false)).toBe(true);
  expect(fits("(?i)abc", "xABC")).toBe(true);
  expect(fits("a(?i:b)c", "aBC")).toBe(false);
  expect(fitting(literalPattern("a.É"), ["x A.é", "aaé"])).toEqual([0]);
});

test("line ends, returns and bytes that are no characters are what they are", () => {
  const pattern = compileLinePattern("^a.c$", { isCaseSensitive: true });
  const bytes = Uint8Array.of(97, 0xff, 99, 13, 10, 97, 13, 99, 10, 97, 98, 99);

  expect(pattern.findLine(bytes, 0)).toBe(3);
  expect(pattern.findLine(bytes, 5)).toBe(8);
  // The last line has no end yet.
  expect(pattern.findLine(bytes, 9)).toBe(-1);
  expect(compileLinePattern("bc", { isCaseSensitive: true }).findLine(bytes, 9)).toBe(11);
});

test("edges of words are where letters, digits and underscores meet anything else", () => {
  // Not left to the comparison above, because the platform's engine looks for \\B inside a character as well.
  expect([fits("\\Bb", "ab"), fits("\\Ba", "ab"), fits("\\B", ""), fits("\\B", "a🛰a")]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([fits("\\bé", "aé"), fits("\\bé", " é"), fits("a\\b", "a")]).toEqual([true, false, true]);
});

test("characters can be named by their codes", () => {
  for (const pattern of ["\\x41\\u0042\\x{1F6F0}", "[\\x41-\\x43]B🛰", "A\\x42[^\\n]", "\\A\\w\\w.\\z"]) {
    expect(fits(pattern, "AB🛰"), pattern).toBe(true);
  }
  expect(fits("\\t\\.\\-[\\]\\-]", "\t.-]")).toBe(true);
});

test("the longest text that every line must hold is known", () => {
  const required = (pattern: string) =>
    new TextDecoder().decode(compileLinePattern(pattern, { isCaseSensitive: true }).required);

  expect([required("a+order-(é1)x?"), required("a|b"), required("ab[xy]abc\\d")]).toEqual([
    "order-é1",
    "",
    "abc",
  ]);
});

test("more states than are kept at once change nothing", () => {
  const pattern = compileLinePattern("(a|b)*a(a|b){12}c", { isCaseSensitive: true });
  let random = 7;
  const noise = Array.from({ length: 60_000 }, () => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 16) % 2 === 0 ? "a" : "b";
  }).join("");

  expect(fitting(pattern, [noise, `${noise}abbbbbbbbbbbbc`, "c"])).toEqual([1]);
});

test.each([
  "(a",
  "a)",
  "[a",
  "*a",
  "a{2,1}",
  "a{1001}",
  "(?=a)",
  "(?<!a)",
  "\\1",
  "\\p{L}",
  "\\k",
  "[b-a]",
  "\\x4",
  "\\x{110000}",
  "a\\",
  "(?x:a)",
  "[a-\\d]",
  "(".repeat(300),
  "((a{1000}){1000})",
  "\\u12",
])("%j is refused with what is wrong with it", (pattern) => {
  expect(() => compileLinePattern(pattern, { isCaseSensitive: true })).toThrow(
    expect.objectContaining({ code: "usage.invalid" }),
  );
});
