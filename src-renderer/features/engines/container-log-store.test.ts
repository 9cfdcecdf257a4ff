import { expect, test } from "vitest";
import { createContainerLog, type LogObserver } from "./container-log-store.ts";

function setup() {
  const paintings: (() => void)[] = [];
  const observers: LogObserver[] = [];
  const log = createContainerLog({
    follow: (observer) => {
      observers.push(observer);
      return () => observers.splice(observers.indexOf(observer), 1);
    },
    beforePaint: (action) => {
      paintings.push(action);
      return () => paintings.splice(paintings.indexOf(action), 1);
    },
  });
  const detach = log.attach();
  const [observer] = observers;
  if (observer === undefined) throw new Error("nothing is followed");
  const paint = () => {
    for (const action of paintings.splice(0)) action();
  };
  const say = (text: string) =>
    observer.onPiece({ stream: "stdout", base64: Buffer.from(text).toString("base64") });
  const lines = () => log.store.getState().lines.map(({ text }) => text);
  return { detach, lines, log, observer, observers, paint, paintings, say };
}

test("many pieces are one painting", () => {
  const { lines, observer, paint, paintings, say } = setup();
  observer.onStart();
  for (let line = 0; line < 100; line += 1) say(`${line}\n`);

  expect([paintings.length, lines().length]).toEqual([1, 0]);
  paint();
  expect(lines()).toHaveLength(100);
});

test("a stream that begins anew after a lost connection repeats no line", () => {
  const { lines, observer, paint, say } = setup();
  observer.onStart();
  say("one\ntwo\n");
  paint();
  observer.onStart();
  say("one\ntwo\nthree\n");
  paint();

  expect(lines()).toEqual(["one", "two", "three"]);
});

test("the end shows what stands behind the last line feed, and a failure keeps what was read", () => {
  const { lines, log, observer, say } = setup();
  observer.onStart();
  say("one\nlast");
  observer.onEnd();
  expect([log.store.getState().status, ...lines()]).toEqual(["ended", "one", "last"]);

  observer.onFailed(new Error("gone"));
  expect([log.store.getState().status, ...lines()]).toEqual(["failed", "one", "last"]);
});

test("a log that is left is followed and painted no more", () => {
  const { detach, observer, observers, paintings, say } = setup();
  observer.onStart();
  say("one\n");
  detach();

  expect([observers.length, paintings.length]).toEqual([0, 0]);
});
