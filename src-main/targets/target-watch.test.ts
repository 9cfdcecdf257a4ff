import { expect, test } from "vitest";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { FIRST_LOOK_MS, LOOK_EVERY_MS, TargetWatch } from "./target-watch.ts";

function setup(probeAll?: () => Promise<void>) {
  const clock = new FakeClock();
  const looks: number[] = [];
  const troubles: unknown[] = [];
  const watch = new TargetWatch({
    targets: {
      probeAll: async () => {
        looks.push(clock.monotonicMs());
        await probeAll?.();
      },
    },
    clock,
    onTrouble: (error) => troubles.push(error),
  });
  return { clock, looks, troubles, watch };
}

test("targets are looked at soon after the start, and again every few minutes", async () => {
  const { clock, looks, watch } = setup();

  watch.start();
  const atOnce = looks.length;
  await clock.pass(FIRST_LOOK_MS);
  await clock.pass(LOOK_EVERY_MS);
  await clock.pass(LOOK_EVERY_MS);

  expect([atOnce, looks.length]).toEqual([0, 3]);
});

test("a look that takes long is not joined by a second one", async () => {
  const slow = Promise.withResolvers<void>();
  const { clock, looks, watch } = setup(() => slow.promise);

  watch.start();
  await clock.pass(FIRST_LOOK_MS);
  await clock.pass(3 * LOOK_EVERY_MS);
  const meanwhile = looks.length;
  slow.resolve();
  await clock.pass(0);
  await clock.pass(LOOK_EVERY_MS);

  expect([meanwhile, looks.length]).toEqual([1, 2]);
});

test("a look that fails is told about and tried again", async () => {
  const { clock, looks, troubles, watch } = setup(() => Promise.reject(new Error("no memory")));

  watch.start();
  await clock.pass(FIRST_LOOK_MS);
  await clock.pass(LOOK_EVERY_MS);

  expect([looks.length, troubles.length]).toEqual([2, 2]);
});

test("nothing is looked at after the end, and what fails while closing is no news", async () => {
  const slow = Promise.withResolvers<void>();
  const { clock, looks, troubles, watch } = setup(() => slow.promise);
  watch.start();
  await clock.pass(FIRST_LOOK_MS);

  watch[Symbol.dispose]();
  slow.reject(new Error("the driver is closed"));
  await clock.pass(2 * LOOK_EVERY_MS);

  expect([looks.length, troubles]).toEqual([1, []]);
});
