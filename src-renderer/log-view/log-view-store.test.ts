import { describe, expect, test } from "vitest";
import { runIdSchema } from "#contract/ids.ts";
import type { LogBatch, LogLine, LogPage } from "#contract/log.ts";
import type { FollowObserver, LineFeed } from "./log-source.ts";
import { createLogViewStore } from "./log-view-store.ts";

const runId = runIdSchema.parse("01jd0000000000aa");

function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({
    number: from + index,
    stream: "stdout",
    atMs: 0,
    text: `line ${from + index}`,
    isCut: false,
  }));
}

function batch(from: number, to: number, more: Partial<LogBatch> = {}): LogBatch {
  return { lines: lines(from, to), partials: [], lineCount: to, isEnd: false, ...more };
}

/** A log of `lineCount` lines whose stream the test plays, and whose pages come when the test lets them. */
function setup({ lineCount = 0, isFollowing = true } = {}) {
  const follows: { afterLine: number; isOpen: boolean; observer: FollowObserver }[] = [];
  const pages: { from: number; resolve: () => Promise<void>; reject: (error: Error) => Promise<void> }[] = [];
  const paints: (() => void)[] = [];
  const source: LineFeed = {
    follow({ afterLine }, observer) {
      const stream = { afterLine, isOpen: true, observer };
      follows.push(stream);
      return () => {
        stream.isOpen = false;
      };
    },
    page({ from, limit }) {
      const { promise, resolve, reject } = Promise.withResolvers<LogPage>();
      const page = {
        lines: lines(from, Math.min(lineCount, from + limit - 1)),
        lineCount,
        sizeBytes: 0,
        isEnd: false,
      };
      const settled = () =>
        promise
          .then(
            () => undefined,
            () => undefined,
          )
          .then(() => undefined);
      pages.push({
        from,
        resolve: () => {
          resolve(page);
          return settled();
        },
        reject: (error) => {
          reject(error);
          return settled();
        },
      });
      return promise;
    },
  };
  const store = createLogViewStore({
    runId,
    source,
    isFollowing,
    bounds: { maxLines: 2000, maxCharacters: 1e6 },
    beforePaint: (action) => {
      paints.push(action);
      return () => paints.splice(paints.indexOf(action), 1);
    },
  });
  const paint = () => {
    for (const action of paints.splice(0)) action();
  };
  const send = (value: LogBatch) => {
    follows.at(-1)?.observer.onBatch(value);
    paint();
  };
  const textsOf = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => store.getState().actions.lineAt(from + index)?.text);
  return { store, follows, pages, paints, paint, send, textsOf, actions: store.getState().actions };
}

test("a log opens with its last lines", () => {
  const { actions, follows, send, store } = setup();

  actions.attach();
  send(batch(501, 1000));

  expect(follows[0]?.afterLine).toBe(-500);
  expect(store.getState()).toMatchObject({ status: "live", lineCount: 1000, newLineCount: 0 });
});

test("a stream that resumes with an overlap repeats nothing and loses nothing", () => {
  const { actions, follows, send, store, textsOf } = setup();
  actions.attach();
  send(batch(1, 30));
  follows[0]?.observer.onLost();
  expect(store.getState().status).toBe("lost");

  send(batch(21, 60));

  expect(store.getState()).toMatchObject({ status: "live", lineCount: 60 });
  expect(textsOf(1, 60)).toEqual(lines(1, 60).map((line) => line.text));
});

test("lines that a resumed stream left out are read as pages once they are in view", async () => {
  const { actions, pages, send, store, textsOf } = setup({ lineCount: 900 });
  actions.attach();
  send(batch(1, 30));
  send(batch(851, 900));

  actions.show(1, 900);
  expect(pages.map((page) => page.from)).toEqual([251, 501, 1]);
  await pages[0]?.resolve();
  await pages[1]?.resolve();
  await pages[2]?.resolve();
  await pages[3]?.resolve();

  expect(pages.map((page) => page.from)).toEqual([251, 501, 1, 751]);
  expect(textsOf(1, 900)).toEqual(lines(1, 900).map((line) => line.text));
  expect(store.getState().pageError).toBeNull();
});

test("a stream taken up again after leaving the page goes on after the last line", () => {
  const { actions, follows, send } = setup();
  const leave = actions.attach();
  send(batch(1, 30));
  leave();
  expect(follows[0]?.isOpen).toBe(false);

  actions.attach();

  expect(follows[1]?.afterLine).toBe(30);
});

test("batches that come between two paintings change the view once", () => {
  const { actions, follows, paint, store } = setup();
  actions.attach();
  const versions: number[] = [];
  store.subscribe((state) => versions.push(state.version));

  for (let n = 0; n < 50; n += 1) follows[0]?.observer.onBatch(batch(n * 10 + 1, n * 10 + 10));
  paint();

  expect(versions).toEqual([1]);
  expect(store.getState().lineCount).toBe(500);
});

test("a page that is not painted keeps no more than its bound waiting", () => {
  const { actions, follows, store } = setup();
  actions.attach();

  for (let n = 0; n < 100; n += 1) follows[0]?.observer.onBatch(batch(n * 100 + 1, n * 100 + 100));

  expect(store.getState().lineCount).toBeGreaterThanOrEqual(5000);
  expect(actions.lineAt(1)).toBeUndefined();
});

test("a stream that falls far behind its log is taken up again at the end", () => {
  const { actions, follows, send, store } = setup();
  actions.attach();
  send(batch(1, 100));

  send(batch(101, 200, { lineCount: 500_000 }));

  expect(follows.map((stream) => [stream.afterLine, stream.isOpen])).toEqual([
    [-500, false],
    [-500, true],
  ]);
  send(batch(499_501, 500_000));
  expect(store.getState().lineCount).toBe(500_000);
});

describe("following", () => {
  test("paused, new lines are counted and what is in view stays in memory", () => {
    const { actions, send, store } = setup();
    actions.attach();
    send(batch(1, 500));
    actions.setFollowing(false);
    actions.show(100, 150);

    for (let from = 501; from < 10_501; from += 500) send(batch(from, from + 499));

    expect(store.getState().newLineCount).toBe(10_000);
    expect(actions.lineAt(120)?.text).toBe("line 120");
  });

  test("what was there when the log was opened is not new", () => {
    const { actions, send, store } = setup({ isFollowing: false });
    actions.attach();

    send(batch(501, 1000));

    expect(store.getState().newLineCount).toBe(0);
  });

  test("taken up again, nothing counts as new", () => {
    const { actions, send, store } = setup();
    actions.attach();
    send(batch(1, 5));
    actions.setFollowing(false);
    send(batch(6, 9));

    actions.setFollowing(true);

    expect(store.getState()).toMatchObject({ isFollowing: true, newLineCount: 0 });
  });
});

test("unfinished lines are shown as they are and are gone when the log ends", () => {
  const { actions, send, store } = setup();
  actions.attach();

  send(batch(1, 1, { partials: [{ stream: "stdout", text: "50 %" }] }));
  expect(store.getState().partials).toEqual([{ stream: "stdout", text: "50 %" }]);
  send(batch(2, 2, { isEnd: true }));

  expect(store.getState()).toMatchObject({ status: "ended", partials: [] });
});

test("a log that is still empty is live, not loading", () => {
  const { actions, send, store } = setup();
  actions.attach();

  send({ lines: [], partials: [], lineCount: 0, isEnd: false });

  expect(store.getState()).toMatchObject({ status: "live", lineCount: 0 });
});

test("a page that cannot be read says why and is asked for again only on demand", async () => {
  const { actions, pages, send, store } = setup({ lineCount: 2000 });
  actions.attach();
  send(batch(1501, 2000));
  actions.show(1, 50);
  const failure = new Error("disk");

  await pages[0]?.reject(failure);
  expect(store.getState().pageError).toBe(failure);
  expect(pages).toHaveLength(1);
  actions.retry();

  expect(pages).toHaveLength(2);
  expect(store.getState().pageError).toBeNull();
});

test("a stream that failed is taken up again after its last line", () => {
  const { actions, follows, send, store } = setup();
  actions.attach();
  send(batch(1, 10));
  follows[0]?.observer.onFailed(new Error("gone"));
  expect(store.getState().status).toBe("failed");

  actions.retry();

  expect(follows.at(-1)?.afterLine).toBe(10);
  expect(store.getState()).toMatchObject({ status: "loading", error: null });
});

test("lines for the clipboard come from memory and, where it has none, from the log", async () => {
  const { actions, pages, send } = setup({ lineCount: 1000 });
  actions.attach();
  send(batch(501, 1000));

  const reading = actions.readLines(498, 503);
  await pages[0]?.resolve();

  expect((await reading).map((line) => line.number)).toEqual([498, 499, 500, 501, 502, 503]);
});
