import { globSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { SLOWEST } from "./slow-first.ts";

test("every file that is named slow is there", () => {
  const names = globSync("tests/*/*.test.ts").map((file) => basename(file));

  expect(SLOWEST.filter((name) => !names.includes(name))).toEqual([]);
});
