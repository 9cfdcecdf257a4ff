import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LINE_FIELDS_LIMIT, LOG_LEVELS } from "#contract/log.ts";
import { runs } from "#tests/helpers/property-runs.ts";
import { LevelScan } from "./level-scan.ts";
import { bitOf, bitsOf, LEVEL_WORDS, levelsOf } from "./level-word.ts";
import { findTime, timeOf } from "./line-time.ts";
import { fieldOf, understandLine } from "./understand-line.ts";

const AT_MS = Date.UTC(2026, 0, 2, 15, 4, 5, 678);

describe("a line is understood", () => {
  test.each([
    [
      '{"time":"2026-01-02T15:04:05.678Z","level":"WARNING","msg":"hi","a":{"b":1},"c":[1],"d":null}',
      {
        format: "json",
        atMs: AT_MS,
        level: "warn",
        message: "hi",
        fields: { "a.b": "1", c: "[1]", d: "null" },
      },
    ],
    [
      `{"ts":${AT_MS / 1000},"level":30,"message":"hi"}`,
      { format: "json", atMs: AT_MS, level: "info", message: "hi", fields: {} },
    ],
    [
      'ts=2026-01-02T15:04:05,678Z lvl=dbg msg="it said \\"no\\"\\n" code=7',
      { format: "logfmt", atMs: AT_MS, level: "debug", message: 'it said "no"\n', fields: { code: "7" } },
    ],
    [
      "2026-01-02 15:04:05.678 [ERROR] it broke",
      { format: "text", atMs: AT_MS, level: "error", message: "it broke", fields: {} },
    ],
    [
      "[2026-01-02T18:04:05.678+03:00] app.main INFO it runs",
      { format: "text", atMs: AT_MS, level: "info", message: "app.main INFO it runs", fields: {} },
    ],
    [
      "E0102 15:04:05.678901    1234 file.go:12] it broke",
      {
        format: "text",
        atMs: null,
        level: "error",
        message: "it broke",
        fields: { thread: "1234", source: "file.go:12" },
      },
    ],
    [
      "Jan  2 15:04:05 host cron[12]: WARN: late",
      {
        format: "text",
        atMs: null,
        level: "warn",
        message: "WARN: late",
        fields: { host: "host", program: "cron", pid: "12" },
      },
    ],
    [
      '::1 - - [02/Jan/2026:15:04:05 +0000] "GET /" 200',
      {
        format: "text",
        atMs: AT_MS - 678,
        level: null,
        message: '::1 - - [02/Jan/2026:15:04:05 +0000] "GET /" 200',
        fields: {},
      },
    ],
    [
      "panic: everything is lost",
      { format: "text", atMs: null, level: "fatal", message: "everything is lost", fields: {} },
    ],
    [
      "an error in a sentence",
      { format: "plain", atMs: null, level: null, message: "an error in a sentence", fields: {} },
    ],
    ["{not json}", { format: "plain", atMs: null, level: null, message: "{not json}", fields: {} }],
    ["x=1", { format: "plain", atMs: null, level: null, message: "x=1", fields: {} }],
  ])("%s", (text, details) => {
    expect(understandLine(text)).toEqual(details);
  });

  test("however many fields it has and however deep they lie", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    const deep = JSON.parse(`${'{"a":'.repeat(9)}1${"}".repeat(9)}`);

    expect(Object.keys(understandLine(JSON.stringify(many)).fields)).toHaveLength(LINE_FIELDS_LIMIT);
    expect(understandLine(JSON.stringify(deep)).fields).toEqual({ "a.a.a.a.a.a": '{"a":{"a":{"a":1}}}' });
  });

  test("and never makes a fuss, whatever it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => understandLine(text).message.length >= 0));
  });
});

test("fields are asked for by name, and so are level and message", () => {
  const details = understandLine('{"level":"info","msg":"hi","shop":"s1"}');

  expect(["shop", "level", "message", "other"].map((name) => fieldOf(details, name))).toEqual([
    "s1",
    "info",
    "hi",
    null,
  ]);
});

test("times of every unit and zone are the same moment, and others are none", () => {
  const texts = [
    "2026-01-02T15:04:05.678Z",
    "2026/01/02 12:04:05.678 -0300",
    "2026-01-02T15:04:05.678901234",
    "1767366245.678",
    "1767366245678",
  ];
  expect(texts.map(timeOf)).toEqual(texts.map(() => AT_MS));
  expect([AT_MS * 1_000, AT_MS * 1_000_000, AT_MS / 1_000].map(timeOf)).toEqual([AT_MS, AT_MS, AT_MS]);
  expect(["2026-13-02T15:04", "soon", "12", "2026-01-02T15:04 x"].map(timeOf)).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect([timeOf(5), timeOf(Number.NaN), findTime("x")]).toEqual([null, null, null]);
  expect(findTime("2026-01-02T15:04+01 rest")).toEqual({ atMs: Date.UTC(2026, 0, 2, 14, 4), length: 19 });
});

test("a level that a line has is never missed by the quick look", () => {
  const words = LOG_LEVELS.flatMap((level) => LEVEL_WORDS[level]);
  const word = fc
    .constantFrom(...words, "hello", "10", "x")
    .map((text) => (text.length % 2 === 0 ? text : text.toUpperCase()));
  const form = fc.constantFrom(
    (text: string) => `{"level":"${text}"}`,
    (text: string) => `level=${text} a=b`,
    (text: string) => `2026-01-02 15:04:05 [${text}] x`,
    (text: string) => `${text}: x`,
    (text: string) => `{"level" : 4${text.length % 10}}`,
    (text: string) => `{"level":${text.length % 7}0}`,
    (text: string) => `{"level":"\\u0065rror${text}"}`,
    () => "W0102 15:04:05 1 a:1] x",
    (text: string) => text,
  );
  fc.assert(
    fc.property(word, form, fc.string(), (text, put, noise) => {
      const line = put(text);
      const scan = new LevelScan();
      scan.feed(new TextEncoder().encode(`${noise}\n${line.slice(0, 5)}`));
      scan.feed(new TextEncoder().encode(line.slice(5)));

      const { level } = understandLine(line);

      if (level !== null) expect(levelsOf(scan.bits)).toContain(level);
    }),
    { numRuns: runs(2_000) },
  );
});

test("a level is found wherever it stands in a long text, and whatever the text is cut into", () => {
  const bytes = new TextEncoder();
  fc.assert(
    fc.property(
      fc.nat(899),
      fc.nat(60_000),
      fc.constantFrom("WARN x", '{"level":50}', "F0102 x"),
      (at, cut, sign) => {
        const lines = Array.from({ length: 900 }, (_, index) =>
          index === at ? sign : "x".repeat(index % 130),
        );
        const text = bytes.encode(`\n${lines.join("\n")}`);
        const alone = new LevelScan();
        alone.feed(bytes.encode(`\n${sign}`));
        const scan = new LevelScan();

        scan.feed(text.subarray(0, cut));
        scan.feed(text.subarray(cut));

        expect(scan.bits).toBe(alone.bits);
      },
    ),
    { numRuns: runs(200) },
  );
});

test("a text without any sign of a level has none", () => {
  const scan = new LevelScan();

  scan.feed(new TextEncoder().encode("\nall is quiet on this machine\n"));

  expect(scan.bits).toBe(0);
  expect(bitsOf(["trace", "fatal"])).toBe(bitOf("trace") | bitOf("fatal"));
});
