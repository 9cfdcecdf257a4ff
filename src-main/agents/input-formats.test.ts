import { expect, test } from "vitest";
import { INPUT_FORMATS } from "./input-formats.ts";

test.for([
  ["date", ["2026-02-28", "2024-02-29"], ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", ""]],
  ["time", ["10:20:30Z", "23:59:60+02:00", "00:00:00.5Z"], ["10:20Z", "24:00:00Z", "10:20:30"]],
  [
    "date-time",
    ["2026-02-28T10:20:30Z", "2026-02-28 10:20:30+01:00"],
    ["2026-02-30T10:20:30Z", "2026-02-28"],
  ],
  ["uri", ["https://example.org/a?b", "mailto:a@b"], ["example.org", "/path", "http://"]],
  ["email", ["a@example.org", "a.b+c@localhost"], ["a", "a@", "a b@c.d", "a@b..c"]],
  ["uuid", ["0198b2c4-7c1e-7aaa-8bbb-0123456789ab"], ["0198b2c4", "zz98b2c4-7c1e-7aaa-8bbb-0123456789ab"]],
] as const)("the format %s takes what is one and nothing else", ([name, right, wrong]) => {
  const isValid = INPUT_FORMATS[name] ?? (() => null);

  expect([right.map(isValid), wrong.map(isValid)]).toEqual([right.map(() => true), wrong.map(() => false)]);
});
