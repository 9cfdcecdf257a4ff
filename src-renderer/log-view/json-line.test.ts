import { expect, test } from "vitest";
import { messageOfLine, parseJsonLine } from "./json-line.ts";

test("a line with time, level and message is taken apart and the rest becomes fields", () => {
  const line = parseJsonLine(
    '{"timestamp":"2026-01-02T03:04:05.006Z","level":"WARN","message":"slow","shop":"a","took":{"ms":12}}',
  );

  expect(line).toMatchObject({
    timestampMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    level: "warn",
    message: "slow",
    fields: [
      { name: "shop", value: "a" },
      { name: "took", value: '{"ms":12}' },
    ],
  });
});

test.each([
  ['{"time":1767323045,"lvl":30,"msg":"x"}', 1_767_323_045_000, "info"],
  ['{"ts":1767323045123,"severity":"critical","event":"x"}', 1_767_323_045_123, "fatal"],
  ['{"ts":12,"levelname":"ERROR","text":"x"}', null, "error"],
])("names that other tools use are known: %s", (text, timestampMs, level) => {
  expect(parseJsonLine(text)).toMatchObject({ timestampMs, level, message: "x" });
});

test("a number that is no time of our days stays a field", () => {
  expect(parseJsonLine('{"time":12,"msg":"x"}')?.fields).toEqual([{ name: "time", value: "12" }]);
});

test.each([
  "",
  "text",
  "{not json}",
  "[1,2]",
  "null",
  '"{}"',
  '{"a":1}',
  "{}",
  '{"message":5}',
  '{"level":"odd"}',
])("not a log object: %s", (text) => {
  expect(parseJsonLine(text)).toBeNull();
});

test("a key that names an object's prototype is only a field", () => {
  expect(parseJsonLine('{"msg":"x","__proto__":{"level":"error"}}')).toMatchObject({
    level: null,
    fields: [{ name: "__proto__", value: '{"level":"error"}' }],
  });
});

test("one row says the message of a JSON object, and any other line as it is", () => {
  const lines = ['{"level":"info","msg":"12 pages read"}', '{"pages":12}', '{"level":"info"}', "plain", "{"];

  expect(lines.map(messageOfLine)).toEqual(["12 pages read", ...lines.slice(1)]);
});
