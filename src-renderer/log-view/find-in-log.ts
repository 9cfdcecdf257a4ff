import { createStore } from "zustand/vanilla";
import type { HitNews } from "./hit-index.ts";

export interface FindWish {
  readonly text: string;
  readonly isRegex: boolean;
  readonly isCaseSensitive: boolean;
}

/** Where a stretch of the view has hits: shares of the whole from 0 to 1, and how many hits. */
export interface HitMark {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The hits of one search; hits count from 0, rows from 1. */
export interface Hits {
  readonly count: number;
  /** Searches, or goes on where the log has grown. News come by the call the hits were made with. */
  search(): void;
  stop(): void;
  /** The row of a hit; null when it is not there any more. */
  rowOf(hit: number): Promise<number | null>;
  /** The first hit at row `row` or behind it; `count` for none. */
  hitFrom(row: number): Promise<number>;
  marks(): readonly HitMark[];
}

export interface FindState extends FindWish {
  readonly isOpen: boolean;
  readonly count: number;
  /** The hit looked at, from 0; -1 when there is none. */
  readonly current: number;
  /** Its row; null until it is known. */
  readonly currentRow: number | null;
  readonly isSearching: boolean;
  /** How much was searched, 0 to 1. */
  readonly progress: number;
  readonly marks: readonly HitMark[];
  readonly error: unknown;
  readonly actions: {
    open(): void;
    close(): void;
    setText(text: string): void;
    setCaseSensitive(isCaseSensitive: boolean): void;
    setRegex(isRegex: boolean): void;
    /** Goes to the next (1) or previous (-1) hit, around the ends. */
    step(direction: 1 | -1): Promise<void>;
    /** Leaves it at what was found so far. */
    cancel(): void;
    /** Looks on; for a log that has grown. */
    refresh(): void;
  };
}

export interface FindDeps {
  readonly createHits: (wish: FindWish, onNews: (news: HitNews) => void) => Hits;
  /** The row the view is at; the first hit from there on is looked at first. */
  readonly rowInView: () => number;
  /** Calls `action` once after `delayMs`; the returned function takes it back. */
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly initial?: Partial<FindWish> & { readonly isOpen?: boolean };
}

const TYPING_PAUSE_MS = 150;
const NOTHING = {
  count: 0,
  current: -1,
  currentRow: null,
  isSearching: false,
  progress: 0,
  marks: [],
  error: null,
} as const;

/** Search in one view. A new search takes the one before it back. */
export function createFindStore({ createHits, rowInView, after, initial }: FindDeps) {
  let hits: Hits | null = null;
  let takeBack: (() => void) | null = null;
  let steps = 0;

  const store = createStore<FindState>()((set) => ({
    ...NOTHING,
    isOpen: initial?.isOpen ?? false,
    text: initial?.text ?? "",
    isRegex: initial?.isRegex ?? false,
    isCaseSensitive: initial?.isCaseSensitive ?? false,
    actions: {
      open: () => set({ isOpen: true }),
      close() {
        stop();
        set({ ...NOTHING, isOpen: false });
      },
      setText(text) {
        set({ text });
        begin(TYPING_PAUSE_MS);
      },
      setCaseSensitive(isCaseSensitive) {
        set({ isCaseSensitive });
        begin(0);
      },
      setRegex(isRegex) {
        set({ isRegex });
        begin(0);
      },
      step,
      cancel() {
        hits?.stop();
        set({ isSearching: false });
      },
      refresh() {
        const { isOpen, text } = store.getState();
        if (!isOpen || text === "") return;
        if (hits === null) search();
        else hits.search();
      },
    },
  }));
  const { getState: state, setState } = store;

  function stop(): void {
    takeBack?.();
    takeBack = null;
    hits?.stop();
    hits = null;
    steps += 1;
  }

  function begin(delayMs: number): void {
    stop();
    if (state().text === "") setState(NOTHING);
    else takeBack = after(delayMs, search);
  }

  function search(): void {
    stop();
    const { text, isRegex, isCaseSensitive } = state();
    setState({ ...NOTHING, isSearching: true });
    const own = createHits({ text, isRegex, isCaseSensitive }, (news) => {
      if (own === hits) took(own, news);
    });
    hits = own;
    own.search();
  }

  function took(own: Hits, { count, searchedBytes, totalBytes, isSearching, error }: HitNews): void {
    const progress = totalBytes === 0 ? 1 : searchedBytes / totalBytes;
    setState({ count, progress, isSearching, error, marks: own.marks() });
    if (count > 0 && state().current === -1) void lookAtFirst(own, isSearching);
  }

  /** While the search goes on, only a hit behind the view is surely the one to look at first. */
  async function lookAtFirst(own: Hits, isSearching: boolean): Promise<void> {
    const first = await own.hitFrom(rowInView());
    if (own !== hits || state().current !== -1) return;
    if (first < own.count) await goTo(own, first);
    else if (!isSearching) await goTo(own, 0);
  }

  async function goTo(own: Hits, hit: number): Promise<void> {
    steps += 1;
    const step = steps;
    setState({ current: hit });
    try {
      const row = await own.rowOf(hit);
      if (own === hits && step === steps) setState({ currentRow: row });
    } catch (error) {
      if (own === hits && step === steps) setState({ error });
    }
  }

  async function step(direction: 1 | -1): Promise<void> {
    const { count, current } = state();
    if (hits === null || count === 0) return;
    await goTo(hits, current === -1 ? 0 : (current + direction + count) % count);
  }

  return store;
}
export type FindStore = ReturnType<typeof createFindStore>;

interface Growing {
  getState(): { readonly lineCount: number };
  subscribe(listener: (state: { readonly lineCount: number }) => void): () => void;
}

/** Often enough to feel live, seldom enough that a fast log is not searched all the time. */
const SEARCH_EVERY_MS = 1_000;

/** Looks on while the log grows and the search is open; the returned function ends it. */
export function searchGrowth(log: Growing, find: FindStore, after: FindDeps["after"]): () => void {
  let searched = log.getState().lineCount;
  let takeBack: (() => void) | null = null;
  const unsubscribe = log.subscribe(({ lineCount }) => {
    const { isOpen, text } = find.getState();
    if (!isOpen || text === "" || lineCount === searched || takeBack !== null) return;
    takeBack = after(SEARCH_EVERY_MS, () => {
      takeBack = null;
      searched = log.getState().lineCount;
      if (find.getState().isOpen) find.getState().actions.refresh();
    });
  });
  return () => {
    unsubscribe();
    takeBack?.();
  };
}
