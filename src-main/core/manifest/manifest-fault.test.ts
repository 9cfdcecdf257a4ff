import { expect, test } from "vitest";
import { describeFound, dotted, valueAt } from "./manifest-fault.ts";

test("found values are described by what they are, and long ones are cut", () => {
  const values = [undefined, null, [], {}, "a", 3.1, true, "x".repeat(100)];

  expect(values.map(describeFound)).toEqual([
    "nothing",
    "an empty value",
    "a list",
    "a mapping",
    'the text "a"',
    "the number 3.1",
    "the truth value true",
    `the text "${"x".repeat(59)}…`,
  ]);
});

test("a path leads to its own values only, never to those of the language", () => {
  const root = { a: [{ b: 1 }] };

  expect([
    valueAt(root, ["a", 0, "b"]),
    valueAt(root, ["a", 7]),
    valueAt(root, ["constructor"]),
    valueAt(null, ["a"]),
  ]).toEqual([1, undefined, undefined, undefined]);
  expect(dotted(["a", 0, "b"])).toBe("a.0.b");
});
