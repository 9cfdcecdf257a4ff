import fc from "fast-check";
import { expect, test } from "vitest";
import { RUN_STATES } from "#contract/run.ts";
import { isChosen, NO_CHOICE, readChoice, toRunFilter, writeChoice } from "./run-filter.ts";

test("an address without a filter chooses nothing and asks for everything", () => {
  expect(readChoice(new URLSearchParams(""))).toEqual(NO_CHOICE);
  expect(toRunFilter(NO_CHOICE)).toEqual({});
  expect(isChosen(NO_CHOICE)).toBe(false);
});

test("every choice survives its address", () => {
  const choice = fc.record({
    states: fc.subarray([...RUN_STATES]),
    agent: fc.constantFrom(null, "price-watcher", "a"),
    target: fc.constantFrom(null, "this-computer"),
    search: fc.string({ maxLength: 200 }),
    isPinned: fc.boolean(),
  });
  fc.assert(
    fc.property(choice, (chosen) => {
      const address = writeChoice(new URLSearchParams(), chosen).toString();

      expect(readChoice(new URLSearchParams(address))).toEqual(chosen);
    }),
  );
});

test("what an address does not mean is not chosen", () => {
  expect(readChoice(new URLSearchParams("state=failed,flying&agent=../etc&target=A B&q="))).toEqual({
    ...NO_CHOICE,
    states: ["failed"],
  });
});

test("a search longer than the core takes is cut", () => {
  expect(readChoice(new URLSearchParams({ q: "x".repeat(500) })).search).toHaveLength(200);
});

test("other parts of the address stay, and what is no longer chosen leaves it", () => {
  const params = new URLSearchParams("start=demo&state=failed&q=old");

  expect(writeChoice(params, { ...NO_CHOICE, agent: "demo" }).toString()).toBe("start=demo&agent=demo");
});

test("the core is asked only for what was chosen", () => {
  expect(toRunFilter({ ...NO_CHOICE, states: ["failed"], search: "boom" })).toEqual({
    states: ["failed"],
    search: "boom",
  });
});
