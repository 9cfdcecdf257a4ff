import { expect, it } from "vitest";
import { isPythonVersionIn } from "./python-version.ts";

it.each([
  ["3.11.7", ">=3.10", true],
  ["3.9.2", ">=3.10", false],
  ["3.11.7", ">=3.10,<3.12", true],
  ["3.12.0", ">=3.10,<3.12", false],
  ["3.11.7", "3.11", true],
  ["3.11.7", "==3.11.*", true],
  ["3.11.7", "==3.11", false],
  ["3.11.7", "~=3.10", true],
  ["3.11.7", "~=3.10.2", false],
  ["3.11.7", "!=3.11.7", false],
  ["3.11.7", ">3.11.6", true],
  ["3.11.7", "<=3.11.7", true],
  ["3.11.7", "", true],
  ["3.11.7", "newest", null],
])("Python %s in range %j: %s", (version, range, answer) => {
  expect(isPythonVersionIn(version, range)).toBe(answer);
});
