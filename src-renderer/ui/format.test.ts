import { expect, test } from "vitest";
import { createFormat } from "./format.ts";

const en = createFormat("en");
const ru = createFormat("ru");
/** Readable in a test: the space that does not break is shown as an underscore. */
const shown = (text: string) => text.replaceAll("\u00a0", "_");

test("a duration shows its two largest units, and tenths below ten seconds", () => {
  const durations = [0, 340, 4_270, 59_999, 72_000, 60_000, 3_600_000, 7_500_000, 90_000_000];

  expect(durations.map((ms) => shown(en.duration(ms)))).toEqual([
    "0_ms",
    "340_ms",
    "4.2_s",
    "59_s",
    "1_m 12_s",
    "1_m",
    "1_h",
    "2_h 5_m",
    "1_d 1_h",
  ]);
  expect(shown(ru.duration(72_000))).toBe("1_м 12_с");
  expect(shown(ru.duration(4_270))).toBe("4,2_с");
});

test("a duration that seems negative after a clock change is none", () => {
  expect(shown(en.duration(-5_000))).toBe("0_ms");
});

test("sizes are binary, with one digit below a hundred", () => {
  const sizes = [0, 1023, 1024, 1536, 104_857_600, 2 ** 40];

  expect(sizes.map((bytes) => shown(en.bytes(bytes)))).toEqual([
    "0_B",
    "1,023_B",
    "1_KiB",
    "1.5_KiB",
    "100_MiB",
    "1_TiB",
  ]);
  expect(shown(ru.bytes(1536))).toBe("1,5_КиБ");
});

test("an age is told in the largest unit that fits, and as a date beyond a week", () => {
  const now = Date.UTC(2026, 4, 31, 12);
  const ages = [1_000, 42_000, 180_000, 7_200_000, 172_800_000];

  expect(ages.map((age) => en.relative(now - age, now))).toEqual([
    "just now",
    "42 sec. ago",
    "3 min. ago",
    "2 hr. ago",
    "2 days ago",
  ]);
  expect(en.relative(now - 9 * 86_400_000, now)).toBe("May 22, 2026");
  expect(ru.relative(now - 180_000, now)).toBe("3 мин. назад");
});
