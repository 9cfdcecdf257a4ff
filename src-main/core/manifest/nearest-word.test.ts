import { expect, test } from "vitest";
import { editDistance, findNearest } from "./nearest-word.ts";

test("adding, dropping, changing a letter and swapping two neighbours count as one step each", () => {
  const pairs = [
    ["memory", "memory"],
    ["memry", "memory"],
    ["memoryy", "memory"],
    ["mamory", "memory"],
    ["mmeory", "memory"],
    ["kitten", "sitting"],
  ] as const;

  expect(pairs.map(([a, b]) => editDistance(a, b, 10))).toEqual([0, 1, 1, 1, 1, 3]);
});

test("a distance at or beyond the limit is the limit", () => {
  expect([editDistance("a", "abcdefgh", 3), editDistance("abcd", "wxyz", 2)]).toEqual([3, 2]);
});

test("the nearest candidate wins, whatever its case", () => {
  const found = findNearest("Memroy", ["cpus", "memory", "pids"]);

  expect(found).toBe("memory");
});

test("a word that is close to nothing has no nearest", () => {
  expect([findNearest("xyz", ["cpus", "memory"]), findNearest("a", []), findNearest("", ["cpus"])]).toEqual([
    null,
    null,
    null,
  ]);
});
