import { type RefObject, useCallback, useEffect, useState } from "react";
import { createFindStore, type FindState, type FindStore } from "./find-in-log.ts";
import type { LogPlace } from "./log-place.ts";
import type { LogViewProps } from "./log-view.tsx";
import { createLogViewStore, type LogViewStore } from "./log-view-store.ts";

/** What is shown, the part of it in memory, and the search in it. */
interface ShownPlace {
  readonly filterKey: string;
  readonly place: LogPlace;
  readonly store: LogViewStore;
  readonly find: FindStore;
}

/** Every second frame: nobody reads text faster, and half of the work leaves room for everything else. */
function beforePaint(action: () => void): () => void {
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(action);
  });
  return () => cancelAnimationFrame(frame);
}

export function after(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

/** Another filter makes other rows: the same object for as long as the filter is the same. What is looked for stays. */
export function useLogPlace(props: LogViewProps, rowInView: RefObject<() => number>): ShownPlace {
  const filterKey = JSON.stringify(props.filter);
  const [shown, setShown] = useState(() => createShown(props, { filterKey, rowInView, looked: null }));
  const { store, find } = shown;
  useEffect(() => store.getState().actions.attach(), [store]);
  useEffect(() => () => find.getState().actions.cancel(), [find]);
  if (shown.filterKey === filterKey) return shown;
  const next = createShown(props, { filterKey, rowInView, looked: find.getState() });
  setShown(next);
  return next;
}

interface Before {
  readonly filterKey: string;
  readonly rowInView: RefObject<() => number>;
  /** What was looked for in the rows before. */
  readonly looked: FindState | null;
}

function createShown(
  { createPlace, filter, initialLine }: LogViewProps,
  { filterKey, rowInView, looked }: Before,
): ShownPlace {
  const place = createPlace(filter);
  const isFollowing = initialLine === undefined;
  const store = createLogViewStore({ runId: place.runId, source: place.feed, beforePaint, isFollowing });
  const rowCount = () => store.getState().lineCount;
  const find = createFindStore({
    createHits: (wish, onNews) => place.createHits(rowCount, wish, onNews),
    rowInView: () => rowInView.current(),
    after,
    ...(looked === null ? {} : { initial: looked }),
  });
  return { filterKey, place, store, find };
}

/** State about rows of a place: another place begins anew. `initial` is always the same. */
export function usePlaceState<T>(place: LogPlace, initial: T): [T, (change: (value: T) => T) => void] {
  const [held, setHeld] = useState({ place, value: initial });
  const set = useCallback(
    (change: (value: T) => T) =>
      setHeld((current) => ({ place, value: change(current.place === place ? current.value : initial) })),
    [place, initial],
  );
  return [held.place === place ? held.value : initial, set];
}
