import { expect, test } from "vitest";
import { createLinesSource, LINES_RUN, settled } from "#tests/helpers/lines-source.ts";
import { FilteredFeed } from "./filtered-feed.ts";
import type { ViewBatch } from "./log-source.ts";

const texts = () => Array.from({ length: 100 }, (_, index) => ((index + 1) % 10 === 0 ? "yes" : "no"));

function setup() {
  const source = createLinesSource(texts());
  const timers: (() => void)[] = [];
  const feed = new FilteredFeed({
    source,
    runId: LINES_RUN,
    conditions: { text: "yes" },
    after(_delayMs, action) {
      timers.push(action);
      return () => timers.splice(timers.indexOf(action), 1);
    },
  });
  const batches: ViewBatch[] = [];
  const failed = () => expect.unreachable();
  const stop = feed.follow(
    { afterLine: 0 },
    { onBatch: (batch) => batches.push(batch), onLost: failed, onFailed: failed },
  );
  const pass = async () => {
    for (const action of timers.splice(0)) action();
    await settled();
  };
  return { source, feed, batches, stop, pass, timers };
}

test("rows are the lines that fit, and say which lines they are", async () => {
  const { feed, batches, pass } = setup();
  await pass();

  const page = await feed.page({ runId: LINES_RUN, from: 3, limit: 2 });

  expect(batches.at(-1)).toMatchObject({ lineCount: 10, isEnd: false });
  expect(page.lines.map(({ number, origin, text }) => [number, origin?.number, text])).toEqual([
    [3, 30, "yes"],
    [4, 40, "yes"],
  ]);
  expect([await feed.rowOf(1), await feed.rowOf(40), await feed.rowOf(41), await feed.rowOf(100)]).toEqual([
    1, 4, 5, 10,
  ]);
});

test("a log that grows is searched on, and ends when all of it was searched", async () => {
  const { source, batches, pass, stop } = setup();
  await pass();
  source.texts.push("no", "yes");
  source.tell();
  source.tell(true);
  await pass();

  expect(source.searched.filter(([from]) => from > 1)).toEqual([[101, 102]]);
  expect(batches.at(-1)).toMatchObject({ lineCount: 11, isEnd: true });

  stop();
  expect(source.openStreams()).toBe(0);
});
