import { expect, test } from "vitest";
import { densityOf } from "./density-bar.tsx";

test("a single hit of many lines can be seen where it is", () => {
  const density = densityOf([{ from: 0.5, to: 0.500001, count: 1 }], 100);

  expect([...density].flatMap((strength, y) => (strength > 0 ? [y] : []))).toEqual([50, 51]);
});

test("the last line can be seen too", () => {
  const density = densityOf([{ from: 0.999999, to: 1, count: 1 }], 100);

  expect([...density.subarray(98)].every((strength) => strength > 0)).toBe(true);
});

test("where there are more hits the bar is stronger, and where there are none it is empty", () => {
  const marks = [
    { from: 0, to: 0.1, count: 5 },
    { from: 0.5, to: 0.6, count: 500 },
  ];
  const density = densityOf(marks, 100);

  expect(density[5]).toBeGreaterThan(0);
  expect(density[55]).toBeGreaterThan((density[5] ?? 1) + 0.3);
  expect(density[30]).toBe(0);
});
