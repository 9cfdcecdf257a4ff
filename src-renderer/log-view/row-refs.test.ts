import { expect, test } from "vitest";
import { runIdSchema } from "#contract/ids.ts";
import { RowRefs } from "./row-refs.ts";

const A = runIdSchema.parse("01jd0000000000aa");
const B = runIdSchema.parse("01jd0000000000bb");

test("each row is the line of the run that it was", () => {
  const refs = new RowRefs(1_000);
  refs.push({ runId: A, number: 1 });
  refs.push({ runId: B, number: 9 });
  refs.push({ runId: A, number: 2 });

  expect([0, 1, 2, 3].map((index) => refs.at(index))).toEqual([
    { runId: A, number: 1 },
    { runId: B, number: 9 },
    { runId: A, number: 2 },
    undefined,
  ]);
});

test("a line is found by its run and number, and a place by the rows before it", () => {
  const refs = new RowRefs(100);
  for (let number = 1; number <= 200; number += 1) {
    refs.push({ runId: A, number: number * 2 });
    if (number % 10 === 0) refs.push({ runId: B, number });
  }

  expect(refs.at(refs.indexOf({ runId: A, number: 399 }))).toEqual({ runId: A, number: 400 });
  expect(refs.at(refs.indexOf({ runId: B, number: 191 }))).toEqual({ runId: B, number: 200 });
  expect(refs.indexOf({ runId: B, number: 201 })).toBe(-1);
  expect(refs.placeAfter(219, { [A]: 1, [B]: 1 })).toEqual({ [A]: 400, [B]: 190 });
});

test("rows that are taken away are counted no more", () => {
  const refs = new RowRefs(1_000);
  for (let number = 1; number <= 10; number += 1) refs.push({ runId: A, number });
  refs.dropFirst(4);

  expect(refs.count).toBe(6);
  expect(refs.at(0)).toEqual({ runId: A, number: 5 });
  expect(refs.indexOf({ runId: A, number: 10 })).toBe(5);
});

test("the oldest are forgotten, and the others keep their rows", () => {
  const refs = new RowRefs(100);
  for (let number = 1; number <= 1_000; number += 1) refs.push({ runId: A, number });

  expect(refs.count).toBe(1_000);
  expect(refs.at(0)).toBeUndefined();
  expect(refs.at(900)).toEqual({ runId: A, number: 901 });
  expect(refs.at(999)).toEqual({ runId: A, number: 1_000 });
});
