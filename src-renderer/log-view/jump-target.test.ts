import { expect, test } from "vitest";
import { jumpTargetOf } from "./jump-target.ts";

const DAY = new Date(2026, 0, 31, 14, 30, 0).getTime();
const at = (...parts: [number, number, number, number, number, number?, number?]) => ({
  atMs: new Date(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5] ?? 0, parts[6] ?? 0).getTime(),
});

test.each([
  ["17", { line: 17 }],
  ["-1", { line: 100 }],
  ["14:03", at(2026, 0, 31, 14, 3)],
  ["14:03:07", at(2026, 0, 31, 14, 3, 7)],
  ["14:03:07.5", at(2026, 0, 31, 14, 3, 7, 500)],
  ["15:00", at(2026, 0, 30, 15, 0)],
  ["2026-01-02 15:00", at(2026, 0, 2, 15, 0)],
  [" 2026-01-02T03:04:05 ", at(2026, 0, 2, 3, 4, 5)],
  ["24:00", null],
  ["14:60", null],
  ["soon", null],
  ["", null],
])("%j means %j", (text, target) => {
  expect(jumpTargetOf(text, 100, DAY)).toEqual(target);
});
