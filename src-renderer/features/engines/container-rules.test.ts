import { expect, test } from "vitest";
import { CONTAINER_STATES, containerActionSchema } from "#contract/engine.ts";
import { canAct, isLive, settleEach } from "./container-rules.ts";

test("acts are offered where they can do something", () => {
  const offered = CONTAINER_STATES.map(
    (state) =>
      `${state}: ${containerActionSchema.options.filter((action) => canAct({ state }, action)).join(" ")}`,
  );

  expect(offered).toEqual([
    "created: start restart",
    "running: stop restart pause kill",
    "paused: stop unpause kill",
    "restarting: stop restart kill",
    "removing: ",
    "exited: start restart",
    "dead: start",
    "unknown: start stop restart kill",
  ]);
  expect(CONTAINER_STATES.filter((state) => isLive({ state }))).toEqual(["running", "paused", "restarting"]);
});

test("each of many is done, a few at a time, and one that fails does not hold up the rest", async () => {
  let open = 0;
  let most = 0;
  const results = await settleEach(
    Array.from({ length: 20 }, (_, index) => index),
    async (item) => {
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      if (item === 3) throw new Error("refused");
    },
    4,
  );

  expect(most).toBe(4);
  expect(results.map(({ status }) => status).filter((status) => status === "rejected")).toHaveLength(1);
  expect(results[3]?.status).toBe("rejected");
  expect(results).toHaveLength(20);
});
