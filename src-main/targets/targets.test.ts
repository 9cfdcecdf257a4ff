import { expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import { THIS_COMPUTER, targetIdSchema } from "#contract/ids.ts";
import { createFakeDriver, type Driver } from "#main/drivers/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { Targets } from "./targets.ts";

function setup(probe?: Driver["probe"]) {
  const clock = new FakeClock();
  const fake = createFakeDriver({ clock });
  const driver: Driver =
    probe === undefined
      ? fake
      : new Proxy(fake, {
          get: (target, key) => (key === "probe" ? probe : (Reflect.get(target, key, target) as unknown)),
        });
  const events: CoreEvent[] = [];
  const targets = new Targets({
    setups: [
      {
        id: THIS_COMPUTER,
        name: "This computer",
        driver,
        moreFacts: async () => [
          { key: "system", value: "Debian" },
          { key: "python", value: "3.11" },
        ],
      },
    ],
    clock,
    publish: (event) => events.push(event),
  });
  return { clock, driver, events, targets };
}

test("a target is listed before anybody looked at it", () => {
  const { targets, driver } = setup();

  expect(targets.list()).toEqual([
    {
      id: "this-computer",
      kind: "fake",
      name: "This computer",
      capabilities: driver.capabilities,
      probe: null,
    },
  ]);
  expect(targets.driverOf(THIS_COMPUTER)).toBe(driver);
});

test("a look joins the facts of the driver with those of the computer, and is told about", async () => {
  const { events, targets } = setup();

  const target = await targets.probe(THIS_COMPUTER);

  expect(target.probe).toMatchObject({
    isReachable: true,
    facts: [
      { key: "system", value: "Debian" },
      { key: "python", value: "3.11" },
    ],
  });
  expect(targets.get(THIS_COMPUTER)).toEqual(target);
  expect(events).toEqual([{ type: "target.changed", target }]);
});

test("all targets can be looked at without naming one", async () => {
  const { events, targets } = setup();

  await targets.probeAll();

  expect(targets.get(THIS_COMPUTER).probe?.isReachable).toBe(true);
  expect(events).toHaveLength(1);
});

test("a target that does not answer is not reachable, with the reason", async () => {
  const { clock, targets } = setup(
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new AppError("target.unreachable", "no answer")));
      }),
  );

  const probed = targets.probe(THIS_COMPUTER);
  await clock.pass(15_000);

  expect((await probed).probe).toMatchObject({ isReachable: false, warnings: ["no answer"] });
});

test("a target nobody set up is not found, and the nearest name is offered", () => {
  const { targets } = setup();

  expect(() => targets.get(targetIdSchema.parse("this-compter"))).toThrow(
    expect.objectContaining({
      code: "target.not_found",
      details: { target: "this-compter", nearest: "this-computer" },
    }),
  );
});
