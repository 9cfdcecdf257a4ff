import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, formatSize, parseBackoff, parseDuration, parseSize } from "./units.ts";

test("sizes are read in binary units, with a fraction and one space at most", () => {
  const texts = ["0B", "17B", "1KiB", "256MiB", "1.5GiB", "2 GiB", "0.3B"];

  expect(texts.map(parseSize)).toEqual([0, 17, 1024, 268_435_456, 1_610_612_736, 2_147_483_648, 0]);
});

test("what is no size, or too large to be exact, is null", () => {
  const texts = ["", "12", "MiB", "12MB", "12 mib", "-1B", "1  KiB", "1e3B", "99999999999GiB"];

  expect(texts.map(parseSize)).toEqual(texts.map(() => null));
});

test("durations are read in ms, s, m, h and d", () => {
  const texts = ["0s", "250ms", "1.5s", "15m", "4h", "2d"];

  expect(texts.map(parseDuration)).toEqual([0, 250, 1500, 900_000, 14_400_000, 172_800_000]);
});

test("what is no duration, or too large to be exact, is null", () => {
  const texts = ["", "15", "m", "15 m", "1h30m", "-5s", "1e3s", "999999999999999d"];

  expect(texts.map(parseDuration)).toEqual(texts.map(() => null));
});

test("a back-off is two durations with two dots between", () => {
  const texts = ["5s..1m", "1m..5s", "5s", "5s..", "..1m", "1s..2s..3s", "5s...1m"];

  expect(texts.map(parseBackoff)).toEqual([
    { minMs: 5000, maxMs: 60_000 },
    { minMs: 60_000, maxMs: 5000 },
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("sizes are written in the largest unit that leaves at least one", () => {
  const sizes = [0, 1023, 1024, 1536, 1024 ** 2 - 1, 268_435_456, 5 * 1024 ** 4];

  expect(sizes.map(formatSize)).toEqual(["0 B", "1023 B", "1 KiB", "1.5 KiB", "1 MiB", "256 MiB", "5 TiB"]);
});

test("durations are written with their two largest units", () => {
  const durations = [0, 250, 1000, 1540, 59_600, 125_000, 14_400_000, 90_061_000, 86_405_000];

  expect(durations.map(formatDuration)).toEqual([
    "0 ms",
    "250 ms",
    "1 s",
    "1.5 s",
    "1 m",
    "2 m 5 s",
    "4 h",
    "1 d 1 h",
    "1 d",
  ]);
});

test("every whole number of a unit survives being written as a manifest writes it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (count) => {
      expect(parseSize(`${count}KiB`)).toBe(count * 1024);
      expect(parseDuration(`${count}ms`)).toBe(count);
    }),
  );
});
