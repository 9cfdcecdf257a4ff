import { createStore } from "zustand/vanilla";
import type { RunId } from "#contract/ids.ts";
import type { LineFeed, ViewBatch, ViewLine, ViewPartial } from "./log-source.ts";
import { DEFAULT_BOUNDS, LogWindow, type LogWindowBounds, PAGE_LINES } from "./log-window.ts";
import { RowFolds } from "./row-folds.ts";

/** Lines asked for when a log is opened. */
const FIRST_LINES = 500;
/** A stream this far behind its log is left; the view goes on at the end, and the lines between are pages. */
const TOO_FAR_BEHIND = 20_000;
/** Lines that may wait for a page that is not being painted. */
const MAX_PENDING_LINES = 5_000;
const MAX_PAGES_ASKED = 3;

export interface LogViewState {
  /**
   * - `loading`: nothing has arrived yet
   * - `live`: lines come as they are written
   * - `lost`: the connection is gone; it goes on by itself where it stood
   * - `ended`: the log is complete
   * - `failed`: see `error`
   */
  readonly status: "loading" | "live" | "lost" | "ended" | "failed";
  readonly error: unknown;
  /** Why lines in view could not be read; null when they could. */
  readonly pageError: unknown;
  readonly lineCount: number;
  readonly partials: readonly ViewPartial[];
  /** Grows whenever a line arrived or left; `lineAt` answers anew. */
  readonly version: number;
  readonly isFollowing: boolean;
  /** Lines that came since following was paused. */
  readonly newLineCount: number;
  readonly actions: LogViewActions;
}

export interface LogViewActions {
  /** Begins reading; returns the function that ends it. */
  attach(): () => void;
  lineAt(number: number): ViewLine | undefined;
  /** Says which lines are in view, so that they are here and the rest may go. */
  show(from: number, to: number): void;
  setFollowing(isFollowing: boolean): void;
  /** Lines for the clipboard, also those that are not in memory. */
  readLines(from: number, to: number): Promise<readonly ViewLine[]>;
  retry(): void;
  /** Which rows are shown as one. */
  readonly folds: RowFolds;
}

export interface LogViewDeps {
  readonly runId: RunId;
  readonly source: LineFeed;
  /** Calls `action` before the next painting; the returned function takes it back. */
  readonly beforePaint: (action: () => void) => () => void;
  readonly bounds?: LogWindowBounds;
  readonly isFollowing?: boolean;
}

/** One log in view. Bounded, whatever the log's size and speed; see `LogWindow` for what it promises of lines. */
export function createLogViewStore({ runId, source, beforePaint, bounds, isFollowing }: LogViewDeps) {
  const window = new LogWindow(bounds ?? DEFAULT_BOUNDS);
  const folds = new RowFolds();
  const asked = new Set<number>();
  let pending: ViewBatch[] = [];
  let pendingLines = 0;
  let takeBackFlush: (() => void) | null = null;
  let endFollow: (() => void) | null = null;
  let lastFollowed = 0;
  let inView = { from: 1, to: 1 };

  const store = createStore<LogViewState>()(() => ({
    status: "loading",
    error: null,
    pageError: null,
    lineCount: 0,
    partials: [],
    version: 0,
    isFollowing: isFollowing ?? true,
    newLineCount: 0,
    actions: { attach, lineAt, show, setFollowing, readLines, retry, folds },
  }));
  const { getState: state, setState } = store;

  function lineAt(number: number): ViewLine | undefined {
    return folds.lineOf(number) ?? window.lineAt(number);
  }

  function take(lines: readonly ViewLine[]): number {
    folds.add(lines);
    return window.add(lines);
  }

  function center(): number {
    return state().isFollowing ? window.lineCount : (inView.from + inView.to) / 2;
  }

  function flush(): void {
    takeBackFlush?.();
    takeBackFlush = null;
    const last = pending.at(-1);
    if (last === undefined) return;
    const before = window.lineCount;
    for (const batch of pending) take(batch.lines);
    // The stream may run behind the log; what it has not brought yet would only be asked for twice.
    if (last.isEnd || lastFollowed === 0) window.setLineCount(last.lineCount);
    pending = [];
    pendingLines = 0;
    window.trim(center());
    const { isFollowing: isPinned, newLineCount, version } = state();
    setState({
      status: last.isEnd ? "ended" : "live",
      error: null,
      lineCount: window.lineCount,
      partials: last.isEnd ? [] : last.partials,
      version: version + 1,
      newLineCount: isPinned ? 0 : newLineCount + newSince(before),
    });
    if (isTooFarBehind(last)) follow(-FIRST_LINES);
  }

  /** What was there when the log was opened is not new. */
  function newSince(before: number): number {
    return before === 0 ? 0 : window.lineCount - before;
  }

  function isTooFarBehind(batch: ViewBatch): boolean {
    return lastFollowed > 0 && !batch.isEnd && batch.lineCount - lastFollowed > TOO_FAR_BEHIND;
  }

  function receive(batch: ViewBatch): void {
    pending.push(batch);
    pendingLines += batch.lines.length;
    lastFollowed = Math.max(lastFollowed, batch.lines.at(-1)?.number ?? 0);
    if (pendingLines > MAX_PENDING_LINES) flush();
    else takeBackFlush ??= beforePaint(flush);
  }

  function follow(afterLine: number): void {
    endFollow?.();
    endFollow = source.follow(
      { runId, afterLine },
      {
        onBatch: receive,
        onLost: () => {
          if (state().status === "live") setState({ status: "lost" });
        },
        onFailed: (error) => setState({ status: "failed", error }),
      },
    );
  }

  function attach(): () => void {
    follow(lastFollowed > 0 ? lastFollowed : -FIRST_LINES);
    return () => {
      endFollow?.();
      endFollow = null;
      takeBackFlush?.();
      takeBackFlush = null;
    };
  }

  function show(from: number, to: number): void {
    inView = { from, to };
    ask();
  }

  function ask(): void {
    const ranges = folds.plainRanges(inView.from, inView.to);
    for (const start of ranges.flatMap(({ from, to }) => window.missingPages(from, to))) {
      if (asked.size >= MAX_PAGES_ASKED) return;
      if (!asked.has(start)) void load(start);
    }
  }

  async function load(start: number): Promise<void> {
    asked.add(start);
    let fresh = 0;
    try {
      const page = await source.page({ runId, from: start, limit: PAGE_LINES });
      fresh = take(page.lines);
      window.trim(center());
      setState({ version: state().version + 1, lineCount: window.lineCount, pageError: null });
    } catch (error) {
      setState({ pageError: error });
    } finally {
      asked.delete(start);
    }
    // What is in view may have changed on the way. A page that brought nothing would bring nothing again.
    if (fresh > 0) ask();
  }

  function setFollowing(isFollowingNow: boolean): void {
    if (state().isFollowing !== isFollowingNow) setState({ isFollowing: isFollowingNow, newLineCount: 0 });
  }

  async function readLines(from: number, to: number): Promise<readonly ViewLine[]> {
    const found: ViewLine[] = [];
    for (let number = from; number <= to; ) {
      const held = lineAt(number);
      if (held !== undefined) {
        found.push(held);
        number = folds.endOf(number) + 1;
        continue;
      }
      const { lines } = await source.page({
        runId,
        from: number,
        limit: Math.min(PAGE_LINES, to - number + 1),
      });
      if (lines.length === 0) break;
      found.push(...lines.filter(({ folded, number: row }) => row === Math.max(from, folded?.from ?? row)));
      number += lines.length;
    }
    return found;
  }

  function retry(): void {
    setState({ pageError: null, ...(state().status === "failed" ? { status: "loading", error: null } : {}) });
    if (state().status === "loading") follow(lastFollowed > 0 ? lastFollowed : -FIRST_LINES);
    ask();
  }

  return store;
}
export type LogViewStore = ReturnType<typeof createLogViewStore>;
