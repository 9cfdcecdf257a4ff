import { expect, test } from "vitest";
import { createEngineJob, type JobObserver, jobShare } from "./engine-job.ts";

type Bytes = readonly [done: number | null, total: number | null];

function setup() {
  const observers: JobObserver[] = [];
  let left = 0;
  const job = createEngineJob((observer) => {
    observers.push(observer);
    return { unsubscribe: () => (left += 1) };
  });
  const [observer] = observers;
  if (observer === undefined) throw new Error("nothing was begun");
  const step = (layer: string, text: string, [doneBytes, totalBytes]: Bytes = [null, null]) =>
    observer.onData({ layer, text, doneBytes, totalBytes });
  return { job, left: () => left, observer, state: () => job.store.getState(), step };
}

test("layers keep their order and their size, and what concerns the whole is output", () => {
  const { state, step } = setup();
  step("", "Pulling from library/small");
  step("a", "Downloading", [10, 100]);
  step("b", "Waiting");
  step("a", "Downloading", [100, 100]);
  step("a", "Extracting");

  expect(state().layers.map(({ layer, text, totalBytes }) => `${layer} ${text} ${totalBytes}`)).toEqual([
    "a Extracting 100",
    "b Waiting null",
  ]);
  expect(state().output).toBe("Pulling from library/small\n");
});

test("the share counts what is known to come", () => {
  const { state, step } = setup();
  step("b", "Waiting");
  expect(jobShare(state().layers)).toBeNull();
  step("a", "Downloading", [25, 100]);
  step("c", "Extracting", [null, 100]);
  expect(jobShare(state().layers)).toBe(0.625);
});

test("a cancelled job is left once and stays cancelled, whatever comes after", () => {
  const { job, left, observer, state } = setup();
  job.cancel();
  observer.onError(new Error("aborted"));
  observer.onComplete();

  expect([state().status, left()]).toEqual(["cancelled", 1]);
});

test("a long output keeps its end, where the reason of a failure stands", () => {
  const { observer, state, step } = setup();
  for (let line = 0; line < 30_000; line += 1) step("", `line ${line} of a long build`);
  observer.onError(new Error("exit code 2"));

  expect(state().output.length).toBeLessThanOrEqual(400_000);
  expect(state().output.length).toBeGreaterThanOrEqual(200_000);
  expect(state().output.endsWith("line 29999 of a long build\n")).toBe(true);
  expect(state().status).toBe("failed");
});
