import { useSyncExternalStore } from "react";

/** The only place of the page that reads the wall clock. */
export function nowMs(): number {
  return Date.now();
}

/** One ticking value shared by everything that shows an age, so that a long list costs one timer. */
function createTicker(periodMs: number) {
  const listeners = new Set<() => void>();
  let current = nowMs();
  let timer: ReturnType<typeof setInterval> | null = null;
  return {
    read: () => current,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      current = nowMs();
      timer ??= setInterval(() => {
        current = nowMs();
        for (const each of [...listeners]) each();
      }, periodMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}

const everySecond = createTicker(1_000);
const noTick = { read: () => 0, subscribe: () => () => undefined };

/** The present moment, renewed every second; does not tick while `isTicking` is false. */
export function useNow(isTicking = true): number {
  const ticker = isTicking ? everySecond : noTick;
  return useSyncExternalStore(ticker.subscribe, ticker.read);
}
