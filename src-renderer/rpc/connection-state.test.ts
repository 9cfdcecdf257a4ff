import { expect, test } from "vitest";
import { createConnectionTracker, GONE_AFTER_MS } from "./connection-state.ts";

function setup() {
  let pending: { action: () => void; delayMs: number } | null = null;
  let now = 1_000;
  const tracker = createConnectionTracker({
    nowMs: () => now,
    after: (delayMs, action) => {
      pending = { action, delayMs };
      return () => {
        pending = null;
      };
    },
  });
  const pass = () => {
    now += GONE_AFTER_MS;
    pending?.action();
    pending = null;
  };
  const phase = () => tracker.store.getState().phase;
  return { tracker, pass, phase, isWaiting: () => pending !== null };
}

test("a blink shorter than a second is not called a loss", () => {
  const { tracker, phase, isWaiting } = setup();
  tracker.opened();
  tracker.lost();

  tracker.opened();

  expect([phase(), isWaiting()]).toEqual(["live", false]);
});

test("a second without the core is a loss, however many attempts fail in it, and says since when", () => {
  const { tracker, pass, phase } = setup();
  tracker.opened();
  tracker.lost();
  tracker.lost();

  pass();

  expect(phase()).toBe("gone");
  expect(tracker.store.getState().lastLiveAtMs).toBe(1_000);
});

test("attempts that fail while the core is gone change nothing until one succeeds", () => {
  const { tracker, pass, phase, isWaiting } = setup();
  tracker.lost();
  pass();
  tracker.lost();

  expect([phase(), isWaiting()]).toEqual(["gone", false]);
  tracker.opened();
  expect(phase()).toBe("live");
});

test("a refused session stays refused when its socket closes", () => {
  const { tracker, phase, isWaiting } = setup();
  tracker.refused();

  tracker.lost();

  expect([phase(), isWaiting()]).toEqual(["unauthorised", false]);
});
