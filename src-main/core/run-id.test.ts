import fc from "fast-check";
import { expect, test } from "vitest";
import { RunIdSource } from "./run-id.ts";

const zeros = (count: number) => new Uint8Array(count);
const ones = (count: number) => new Uint8Array(count).fill(255);

test("an id carries its time first and its random part last", () => {
  expect(new RunIdSource(ones).next(0)).toBe("000000000zzzzzzz");
  expect(new RunIdSource(zeros).next(32 ** 9 - 1)).toBe("zzzzzzzzz0000000");
});

test("each random byte decides one character", () => {
  const source = new RunIdSource(() => Uint8Array.of(0, 1, 2, 10, 18, 31, 255));

  expect(source.next(0)).toBe("000000000012ajzz");
});

test("ids of the same millisecond count up", () => {
  const source = new RunIdSource(zeros);

  expect([source.next(5), source.next(5)]).toEqual(["0000000050000000", "0000000050000001"]);
});

test("a millisecond whose random part is used up borrows from the next", () => {
  const source = new RunIdSource(ones);

  expect([source.next(5), source.next(5)]).toEqual(["000000005zzzzzzz", "0000000060000000"]);
});

test("ids only grow, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { minLength: 2 }), (times) => {
      let seed = 1;
      const source = new RunIdSource((count) =>
        Uint8Array.from({ length: count }, () => {
          seed = (seed * 48_271) % 2_147_483_647;
          return seed;
        }),
      );
      const ids = times.map((time) => source.next(time));

      expect(ids).toEqual([...new Set(ids)].sort());
    }),
  );
});
