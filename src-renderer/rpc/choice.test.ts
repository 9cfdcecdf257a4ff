import { expect, test } from "vitest";
import { createChoice } from "./choice.ts";

/** A switch whose calls the test answers, and what it shows over what is stored. */
function setup() {
  let stored = false;
  const calls: { readonly value: boolean; readonly answer: PromiseWithResolvers<void> }[] = [];
  const refused: unknown[] = [];
  const choice = createChoice<boolean>({
    later: (step) => step(),
    onRefused: (error) => refused.push(error),
  });
  const store = async (value: boolean) => {
    const answer = Promise.withResolvers<void>();
    calls.push({ value, answer });
    await answer.promise;
    stored = value;
  };
  return {
    calls,
    refused,
    choose: (value: boolean) => choice.getState().actions.choose(value, store),
    shown: () => choice.getState().chosen?.value ?? stored,
    async answer(error?: Error) {
      const last = calls.at(-1);
      if (error === undefined) last?.answer.resolve();
      else last?.answer.reject(error);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    },
  };
}

test("a choice is shown before it is stored, and stays when it is", async () => {
  const { answer, choose, shown } = setup();

  choose(true);
  const before = shown();
  await answer();

  expect([before, shown()]).toEqual([true, true]);
});

test("a choice that is refused is taken back, with the reason", async () => {
  const { answer, choose, refused, shown } = setup();
  const reason = new Error("no space");

  choose(true);
  await answer(reason);

  expect(shown()).toBe(false);
  expect(refused).toEqual([reason]);
});

test("of quick choices the last is stored after the first, and none flickers", async () => {
  const { answer, calls, choose, shown } = setup();

  for (const value of [true, false, true, false]) choose(value);
  await answer();
  const between = shown();
  await answer();

  expect(calls.map(({ value }) => value)).toEqual([true, false]);
  expect([between, shown()]).toEqual([false, false]);
});

test("a refusal takes the choices behind it back too, and the next one is stored", async () => {
  const { answer, calls, choose, shown } = setup();

  choose(true);
  choose(false);
  choose(true);
  await answer(new Error("no"));
  const refused = shown();
  choose(true);
  await answer();

  expect([refused, shown()]).toEqual([false, true]);
  expect(calls).toHaveLength(2);
});
