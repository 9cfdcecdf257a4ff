import { expect, test } from "vitest";
import { settled } from "#tests/helpers/lines-source.ts";
import { createFindStore, type FindWish, type HitMark, searchGrowth } from "./find-in-log.ts";
import type { HitNews } from "./hit-index.ts";

const DONE = { searchedBytes: 4, totalBytes: 4, isSearching: false, error: null };

/** Searches whose hits (rows, ascending) the test hands out. */
function setup(rowInView = 1) {
  const searches: {
    wish: FindWish;
    isStopped: boolean;
    asks: number;
    news: (rows: number[], more?: Partial<HitNews>) => void;
  }[] = [];
  const timers: (() => void)[] = [];
  const store = createFindStore({
    rowInView: () => rowInView,
    after: (_delayMs, action) => {
      timers.push(action);
      return () => timers.splice(timers.indexOf(action), 1);
    },
    createHits(wish, onNews) {
      let rows: number[] = [];
      const search = {
        wish,
        isStopped: false,
        asks: 0,
        news(next: number[], more: Partial<HitNews> = {}) {
          rows = next;
          onNews({ ...DONE, count: rows.length, ...more });
        },
      };
      searches.push(search);
      return {
        get count() {
          return rows.length;
        },
        search: () => {
          search.asks += 1;
        },
        stop: () => {
          search.isStopped = true;
        },
        rowOf: async (hit) => rows[hit] ?? null,
        hitFrom: async (row) => {
          const at = rows.findIndex((each) => each >= row);
          return at === -1 ? rows.length : at;
        },
        marks: (): HitMark[] => rows.map((row) => ({ from: (row - 1) / 100, to: row / 100, count: 1 })),
      };
    },
  });
  const pause = () => {
    for (const action of timers.splice(0)) action();
  };
  store.getState().actions.open();
  return { store, searches, pause, actions: store.getState().actions };
}

test("typing searches once, after a pause, and the first hit from the view on is looked at", async () => {
  const { actions, pause, searches, store } = setup(50);
  actions.setText("e");
  actions.setText("er");
  actions.setText("err");
  pause();
  searches[0]?.news([3, 60, 70]);
  await settled();

  expect(searches.map(({ wish }) => wish)).toEqual([{ text: "err", isRegex: false, isCaseSensitive: false }]);
  expect(store.getState()).toMatchObject({ count: 3, current: 1, currentRow: 60, isSearching: false });
  expect(store.getState().marks).toHaveLength(3);
});

test("while hits stream in, the first one behind the view is looked at, and else the first of all in the end", async () => {
  const { actions, pause, searches, store } = setup(50);
  actions.setText("x");
  pause();
  searches[0]?.news([3], { isSearching: true, searchedBytes: 1 });
  await settled();

  expect(store.getState()).toMatchObject({ current: -1, count: 1, progress: 0.25, isSearching: true });

  searches[0]?.news([3, 40]);
  await settled();

  expect(store.getState()).toMatchObject({ current: 0, currentRow: 3, progress: 1, isSearching: false });
});

test("steps go around both ends", async () => {
  const { actions, pause, searches, store } = setup();
  actions.setText("x");
  pause();
  searches[0]?.news([3, 60]);
  await settled();

  const rows = [];
  for (const direction of [1, 1, -1, -1] as const) {
    await actions.step(direction);
    rows.push(store.getState().currentRow);
  }

  expect(rows).toEqual([60, 3, 60, 3]);
});

test("without hits a step goes nowhere", async () => {
  const { actions, store } = setup();
  await actions.step(1);

  expect(store.getState()).toMatchObject({ current: -1, currentRow: null });
});

test("news of a search that was taken back are not shown", async () => {
  const { actions, pause, searches, store } = setup();
  actions.setText("a");
  pause();
  actions.setRegex(true);
  pause();
  searches[0]?.news([1]);
  await settled();

  expect(searches.map(({ isStopped, wish }) => [isStopped, wish.isRegex])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(store.getState()).toMatchObject({ count: 0, current: -1 });
});

test("looking on stays at the hit looked at", async () => {
  const { actions, pause, searches, store } = setup();
  actions.setText("a");
  pause();
  searches[0]?.news([5, 9]);
  await settled();
  await actions.step(1);

  actions.refresh();
  searches[0]?.news([5, 9, 12]);
  await settled();

  expect(searches).toHaveLength(1);
  expect(searches[0]?.asks).toBe(2);
  expect(store.getState()).toMatchObject({ current: 1, currentRow: 9, count: 3 });
});

test("a cancelled search keeps what it found", async () => {
  const { actions, pause, searches, store } = setup();
  actions.setText("a");
  pause();
  searches[0]?.news([5], { isSearching: true });
  await settled();
  actions.cancel();

  expect(searches[0]?.isStopped).toBe(true);
  expect(store.getState()).toMatchObject({ count: 1, isSearching: false });
});

test("an emptied field has no hits and asks nothing", async () => {
  const { actions, pause, searches, store } = setup();
  actions.setText("a");
  pause();
  searches[0]?.news([5]);
  await settled();

  actions.setText("");
  pause();

  expect(searches).toHaveLength(1);
  expect(store.getState()).toMatchObject({ count: 0, current: -1, currentRow: null, marks: [] });
});

test("a search that fails says why", async () => {
  const { actions, pause, searches, store } = setup();
  actions.setText("a");
  pause();
  const error = new Error("disk");
  searches[0]?.news([], { error });

  expect(store.getState()).toMatchObject({ isSearching: false, error });
});

function growingLog() {
  let lineCount = 10;
  const listeners = new Set<(state: { readonly lineCount: number }) => void>();
  return {
    getState: () => ({ lineCount }),
    subscribe(listener: (state: { readonly lineCount: number }) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    grow(by: number) {
      lineCount += by;
      for (const listener of listeners) listener({ lineCount });
    },
  };
}

test("an open search looks on once for all the lines that came meanwhile", async () => {
  const { store, searches, pause } = setup();
  const log = growingLog();
  const soon: (() => void)[] = [];
  using _ = deferred(searchGrowth(log, store, laterIn(soon)));
  store.getState().actions.setText("price");
  pause();

  log.grow(1);
  log.grow(5);
  expect(soon).toHaveLength(1);
  soon[0]?.();

  expect(searches[0]?.asks).toBe(2);
});

test("a log that grows while nothing is searched for is left alone", () => {
  const { store } = setup();
  const log = growingLog();
  const soon: (() => void)[] = [];
  using _ = deferred(searchGrowth(log, store, laterIn(soon)));

  log.grow(1);

  expect(soon).toEqual([]);
});

function laterIn(soon: (() => void)[]) {
  return (_delayMs: number, action: () => void) => {
    soon.push(action);
    return () => undefined;
  };
}

function deferred(end: () => void): Disposable {
  return { [Symbol.dispose]: end };
}
