import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogLine } from "#contract/log.ts";
import { LogWindow, PAGE_LINES } from "./log-window.ts";

function lines(from: number, to: number, text = "x"): LogLine[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    number: from + index,
    stream: "stdout",
    atMs: 0,
    text,
    isCut: false,
  }));
}

test("a line that arrives twice is kept once, as it first came", () => {
  const window = new LogWindow();
  window.add(lines(1, 10, "first"));

  const fresh = window.add(lines(6, 15, "second"));

  expect(fresh).toBe(5);
  expect(window.lineCount).toBe(15);
  expect(window.heldLines).toBe(15);
  expect(window.lineAt(10)?.text).toBe("first");
  expect(window.lineAt(11)?.text).toBe("second");
});

test("a gap is a missing page until it is filled", () => {
  const window = new LogWindow();
  window.add(lines(1, 100));
  window.add(lines(700, 800));

  expect(window.missingPages(1, 800)).toEqual([251, 501, 1]);

  window.add(lines(101, 699));

  expect(window.missingPages(1, 800)).toEqual([]);
});

test("nothing outside the log is missing", () => {
  const window = new LogWindow();
  window.add(lines(1, 10));

  expect(window.missingPages(-50, 500)).toEqual([]);
  expect(window.missingPages(11, 500)).toEqual([]);
});

test("lines known only by count can be asked for", () => {
  const window = new LogWindow();
  window.setLineCount(1000);

  expect(window.missingPages(990, 1000)).toEqual([751]);
});

test("what is farthest from the view goes first when the window is full", () => {
  const window = new LogWindow({ maxLines: 4 * PAGE_LINES, maxCharacters: 1e9 });
  window.add(lines(1, 10 * PAGE_LINES));

  window.trim(5 * PAGE_LINES);

  expect(window.heldLines).toBe(4 * PAGE_LINES);
  expect(window.lineAt(5 * PAGE_LINES)).toBeDefined();
  expect(window.lineAt(1)).toBeUndefined();
  expect(window.lineAt(10 * PAGE_LINES)).toBeUndefined();
  expect(window.lineCount).toBe(10 * PAGE_LINES);
});

test("long lines count by their characters", () => {
  const window = new LogWindow({ maxLines: 1e9, maxCharacters: 1_000_000 });
  window.add(lines(1, 3 * PAGE_LINES, "y".repeat(2000)));

  window.trim(1);

  expect(window.heldCharacters).toBeLessThanOrEqual(1_000_000);
  expect(window.lineAt(1)).toBeDefined();
});

test("the page in view stays even when it alone is over the bound", () => {
  const window = new LogWindow({ maxLines: 10, maxCharacters: 10 });
  window.add(lines(1, PAGE_LINES));

  window.trim(5);

  expect(window.lineAt(5)).toBeDefined();
});

test("whatever pieces arrive in whatever order, every line is held once and asking for what is missing completes it", () => {
  const piece = fc.tuple(fc.integer({ min: 1, max: 1200 }), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const window = new LogWindow();
      const seen = new Set<number>();
      let fresh = 0;
      for (const [from, length] of pieces) {
        const batch = lines(from, from + length);
        for (const line of batch) seen.add(line.number);
        fresh += window.add(batch);
      }
      expect(fresh).toBe(seen.size);

      for (const start of window.missingPages(1, window.lineCount))
        window.add(lines(start, Math.min(window.lineCount, start + PAGE_LINES - 1)));

      expect(window.missingPages(1, window.lineCount)).toEqual([]);
      expect(window.heldLines).toBe(window.lineCount);
    }),
  );
});
