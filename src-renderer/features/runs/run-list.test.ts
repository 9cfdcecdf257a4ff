import { expect, test } from "vitest";
import { aRun } from "#tests/helpers/a-run.ts";
import { appendOlder, mergeFirstPage, withChanged, without } from "./run-list.ts";

const runs = [9, 8, 7, 6, 5, 4].map((n) => aRun(n));
const [r9, r8, r7, r6, r5, r4] = runs;
const ids = (list: readonly { id: string }[]) => list.map((run) => run.id.slice(-1)).join("");
const some = (...list: (typeof r9)[]) => list.filter((run) => run !== undefined);
const page = (list: typeof runs, hasMore: boolean) => ({ runs: list, total: 99, hasMore });

test("older runs stay behind the first page", () => {
  expect(ids(mergeFirstPage(runs, page(some(r9, r8), true)))).toBe("987654");
});

test("a run that a new one pushed out of the first page is not lost", () => {
  const known = mergeFirstPage([], page(some(r8, r7), true));

  expect(ids(mergeFirstPage(known, page(some(r9, r8), true)))).toBe("987");
});

test("a run that left the first page's stretch is gone", () => {
  expect(ids(mergeFirstPage(some(r9, r8, r7, r6), page(some(r9, r7), true)))).toBe("976");
});

test("a first page that is everything is everything", () => {
  expect(ids(mergeFirstPage(runs, page(some(r9), false)))).toBe("9");
});

test("an older page adds what is not there yet", () => {
  expect(ids(appendOlder(some(r9, r8), some(r8, r7, r6)))).toBe("9876");
});

test("a change replaces the run at its place", () => {
  const changed = { ...aRun(8), state: "failed" as const };

  expect(withChanged(some(r9, r8, r7), changed)[1]).toBe(changed);
  expect(ids(withChanged(some(r5, r4), changed))).toBe("54");
});

test("removed runs are gone", () => {
  expect(ids(without(some(r9, r8), new Set([aRun(9).id])))).toBe("8");
});
