import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "#tests/helpers/property-runs.ts";
import { ValueParts } from "./value-parts.ts";

const LIMIT = 2_560;

/** Refuses what Windows Credential Manager would refuse. */
class SmallPlace {
  readonly items = new Map<string, string>();
  failsAt: string | null = null;

  async get(name: string): Promise<string | null> {
    return this.items.get(name) ?? null;
  }

  async set(name: string, value: string): Promise<void> {
    if (name === this.failsAt) throw new Error("refused");
    if (Buffer.byteLength(value) > LIMIT) throw new Error("the stub received bad data");
    this.items.set(name, value);
  }

  async delete(name: string): Promise<void> {
    this.items.delete(name);
  }
}

test("values of any length come back as they were from a place that takes 2,560 bytes per item", async () => {
  const value = fc
    .string({ unit: "binary", maxLength: 9_000, size: "max" })
    .filter((text) => text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(value, async (text) => {
      const place = new SmallPlace();
      const parts = new ValueParts(place, 2_400);

      await parts.set("a", text);

      expect(await parts.get("a")).toBe(text);
      await parts.delete("a");
      expect([await parts.get("a"), place.items.size]).toEqual([null, 0]);
    }),
    { numRuns: runs(50) },
  );
});

test("a write that is cut short leaves nothing that reads as a value, and is deleted whole", async () => {
  const place = new SmallPlace();
  const parts = new ValueParts(place, 2_400);
  place.failsAt = "a";

  await expect(parts.set("a", "x".repeat(7_000))).rejects.toThrow("refused");

  expect(await parts.get("a")).toBeNull();
  expect(place.items.size).toBeGreaterThan(0);
  await parts.delete("a");
  expect(place.items.size).toBe(0);
});

test.each([
  ["a part that is missing", (place: SmallPlace) => place.items.delete("a/1")],
  ["a part of another value", (place: SmallPlace) => place.items.set("a/1", "y")],
  ["a beginning that somebody else wrote", (place: SmallPlace) => place.items.set("a", "hunter2")],
])("%s is called damaged, never a value", async (_what, damage) => {
  const place = new SmallPlace();
  const parts = new ValueParts(place, 2_400);
  await parts.set("a", "x".repeat(7_000));

  damage(place);

  await expect(parts.get("a")).rejects.toMatchObject({ code: "vault.damaged" });
});
