import { type RefObject, useLayoutEffect, useMemo, useRef } from "react";
import { LogScroller } from "./log-scroller.ts";
import type { LogViewStore } from "./log-view-store.ts";
import type { RowFold } from "./row-folds.ts";

interface LogRowsHandle {
  readonly frameRef: RefObject<HTMLDivElement | null>;
  readonly spaceRef: RefObject<HTMLDivElement | null>;
  readonly rowsRef: RefObject<HTMLDivElement | null>;
  readonly scroller: LogScroller;
}

/** Ties a log to the scroller that places its rows. */
export function useLogRows(store: LogViewStore, isEven: boolean): LogRowsHandle {
  const frameRef = useRef<HTMLDivElement>(null);
  const spaceRef = useRef<HTMLDivElement>(null);
  const rowsRef = useRef<HTMLDivElement>(null);
  const scroller = useMemo(
    () =>
      new LogScroller({
        onMoved: (isAtEnd) =>
          store.getState().actions.setFollowing(isAtEnd && store.getState().status !== "ended"),
      }),
    [store],
  );

  useLayoutEffect(() => {
    const { current: frame } = frameRef;
    const { current: space } = spaceRef;
    const { current: rows } = rowsRef;
    if (frame === null || space === null || rows === null) return;
    // A scroller that begins now is told the number of rows without those that were folded before.
    let foldCount = store.getState().actions.folds.found.length;
    const takeOver = () => {
      const { lineCount, partials, isFollowing, actions } = store.getState();
      for (; foldCount < actions.folds.found.length; foldCount += 1)
        scroller.fold(actions.folds.found[foldCount] as RowFold);
      const hidden = actions.folds.hiddenIn(lineCount);
      scroller.update({ rowCount: lineCount - hidden + partials.length, isFollowing });
    };
    const detach = scroller.attach({ frame, space, rows });
    const unsubscribe = store.subscribe(takeOver);
    takeOver();
    return () => {
      unsubscribe();
      detach();
    };
  }, [scroller, store]);

  useLayoutEffect(() => scroller.setEven(isEven), [scroller, isEven]);

  return { frameRef, spaceRef, rowsRef, scroller };
}
