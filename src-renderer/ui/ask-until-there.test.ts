import { expect, test } from "vitest";
import { askUntilThere } from "./ask-until-there.ts";

test("what did not come is asked for again, less and less often, until it is there", async () => {
  const pauses: number[] = [];
  let asked = 0;
  const part = await askUntilThere(
    async () => {
      asked += 1;
      if (asked < 8) throw new TypeError("Failed to fetch dynamically imported module");
      return "the part";
    },
    (delayMs, action) => {
      pauses.push(delayMs);
      action();
    },
  );

  expect(part).toBe("the part");
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
});
