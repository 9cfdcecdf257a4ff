import { expect, test } from "vitest";
import {
  conditionsOf,
  conditionsWithin,
  type FilterChip,
  filterOf,
  putFilter,
  withChip,
} from "./log-filter.ts";

const text = (value: string, more: object = {}): FilterChip => ({
  kind: "text",
  text: value,
  isRegex: false,
  isCaseSensitive: false,
  isNot: false,
  ...more,
});
const ALL: readonly FilterChip[] = [
  { kind: "level", levels: ["warn", "error"] },
  { kind: "stream", stream: "stderr" },
  text("not me", { isNot: true }),
  text("me"),
  text("^a.b$", { isRegex: true, isCaseSensitive: true }),
  { kind: "field", name: "shop.id", value: "a:b&c" },
  { kind: "since", atMs: 5 },
  { kind: "until", atMs: 9 },
];

test("chips are one question, in which the first text that must be there leads", () => {
  expect(conditionsOf(ALL)).toEqual({
    text: "me",
    isRegex: false,
    isCaseSensitive: false,
    also: [
      { text: "not me", isRegex: false, isCaseSensitive: false, isNot: true },
      { text: "^a.b$", isRegex: true, isCaseSensitive: true, isNot: false },
    ],
    fields: [{ name: "shop.id", value: "a:b&c" }],
    levels: ["warn", "error"],
    streams: ["stderr"],
    sinceMs: 5,
    untilMs: 9,
  });
  expect(conditionsOf([])).toEqual({});
});

test("an address keeps the filter, and whatever else it says", () => {
  const params = putFilter(new URLSearchParams("line=7&filter=old"), ALL);

  expect(params.get("line")).toBe("7");
  expect(filterOf(new URLSearchParams(params.toString()))).toEqual(ALL);
  expect(putFilter(params, []).toString()).toBe("line=7");
});

test("what an address says that is no filter is left out", () => {
  const params = new URLSearchParams();
  for (const value of [
    "",
    "level",
    "level:{}",
    'level:{"levels":["loud"]}',
    "text:[1]",
    'text:{"text":""}',
    "x:{}",
  ])
    params.append("filter", value);

  expect(filterOf(params)).toEqual([]);
});

test("there is one level, one stream and one end of time, but many texts", () => {
  const twice = [...ALL, ...ALL].reduce<readonly FilterChip[]>((chips, chip) => withChip(chips, chip), []);
  expect(twice).toHaveLength(ALL.length);

  const changed = withChip(twice, { kind: "since", atMs: 6 });
  expect(changed.filter(({ kind }) => kind === "since")).toEqual([{ kind: "since", atMs: 6 }]);
  expect(withChip(changed, text("third"))).toHaveLength(ALL.length + 1);
});

test("a search within a filter asks for both texts", () => {
  const find = { text: "x", isRegex: false, isCaseSensitive: true };

  expect(conditionsWithin({}, find)).toEqual(find);
  expect(conditionsWithin({ text: "me", levels: ["info"], sinceMs: 1 }, find)).toEqual({
    ...find,
    also: [{ text: "me", isRegex: false, isCaseSensitive: false, isNot: false }],
    levels: ["info"],
    sinceMs: 1,
  });
});
