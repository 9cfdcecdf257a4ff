import { expect, test } from "vitest";
import { createLinesSource, LINES_RUN, settled } from "#tests/helpers/lines-source.ts";
import { HitIndex, type HitNews } from "./hit-index.ts";

/** Every seventh line of 100 has the word. */
const texts = () => Array.from({ length: 100 }, (_, index) => ((index + 1) % 7 === 0 ? "needle" : "hay"));
const HITS = Array.from({ length: 14 }, (_, index) => (index + 1) * 7);

function setup() {
  const source = createLinesSource(texts());
  const news: HitNews[] = [];
  const index = new HitIndex({
    source,
    runId: LINES_RUN,
    conditions: { text: "needle" },
    onNews: (each) => news.push(each),
  });
  return { source, news, index };
}

test("it knows how many lines fit and looks their numbers up by their rank", async () => {
  const { source, index, news } = setup();
  index.search(100);
  await settled();

  expect(index.count).toBe(14);
  expect(index.all).toEqual(HITS);
  expect(news.at(-1)).toMatchObject({ count: 14, isSearching: false });
  expect(await index.numbers(0, 14)).toEqual(HITS);
  expect(await index.numbers(5, 8)).toEqual(HITS.slice(5, 8));
  expect(await index.numbers(14, 20)).toEqual([]);
  expect(source.openStreams()).toBe(0);
});

test("it knows how many hits lie before a line", async () => {
  const { index } = setup();
  index.search(100);
  await settled();

  for (const line of [1, 7, 8, 50, 98, 99, 100]) {
    expect(await index.rankOf(line), `line ${line}`).toBe(HITS.filter((hit) => hit < line).length);
  }
});

test("a log that grew is searched from where the last search ended, and hits count on", async () => {
  const { source, index, news } = setup();
  index.search(100);
  await settled();
  source.texts.push("needle", "hay", "needle");
  index.search(103);
  await settled();
  index.search(103);
  await settled();

  expect(source.searched).toEqual([
    [1, 100],
    [101, 103],
  ]);
  expect(news.at(-1)?.count).toBe(16);
  expect(await index.numbers(13, 16)).toEqual([98, 101, 103]);
  expect(await index.rankOf(103)).toBe(15);
});

test("of more hits than come with a search the others are looked up where they are", async () => {
  const source = createLinesSource(Array.from({ length: 6_000 }, () => "needle"));
  const index = new HitIndex({ source, runId: LINES_RUN, conditions: {}, onNews: () => undefined });
  index.search(6_000);
  await settled();

  expect(index.all).toBeNull();
  expect(await index.numbers(5_995, 6_005)).toEqual([5_996, 5_997, 5_998, 5_999, 6_000]);
  expect(await index.numbers(4_998, 5_002)).toEqual([4_999, 5_000, 5_001, 5_002]);
});

test("a stretch that could not be read is asked for again", async () => {
  const source = createLinesSource(Array.from({ length: 6_000 }, () => "needle"));
  const index = new HitIndex({ source, runId: LINES_RUN, conditions: {}, onNews: () => undefined });
  index.search(6_000);
  await settled();
  const { find } = source;
  source.find = (_request, observer) => {
    observer.onFailed(new Error("disk"));
    return () => undefined;
  };
  await expect(index.numbers(5_500, 5_501)).rejects.toThrow("disk");
  source.find = find;

  expect(await index.numbers(5_500, 5_501)).toEqual([5_501]);
});
