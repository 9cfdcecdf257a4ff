import { expect, test } from "vitest";
import type { Manifest } from "#contract/manifest.ts";
import { RunInputs } from "./run-input.ts";

function manifestWith(inputs?: Record<string, unknown>): Manifest {
  return {
    apiVersion: "pilothouse/v1",
    kind: "Agent",
    name: "a",
    class: "computational",
    runtimes: {},
    ...(inputs === undefined ? {} : { inputs }),
  };
}

const SHOP = manifestWith({
  type: "object",
  additionalProperties: false,
  required: ["shop"],
  properties: {
    shop: { type: "string", minLength: 2 },
    pages: { type: "integer", minimum: 1, default: 3 },
    kind: { enum: ["books", "music"] },
    since: { type: "string", format: "date" },
    items: { type: "array", maxItems: 1, items: { type: "object", properties: { id: { type: "number" } } } },
  },
});

/** What the refusal of an input says. */
function refusalOf(input: unknown): unknown {
  try {
    return new RunInputs().check(SHOP, input);
  } catch (error) {
    const { path, problem, expected, count } = Object(error).details;
    return [Object(error).code, path, problem, expected, count];
  }
}

test("a valid input becomes JSON text with the defaults of the schema, and is itself left alone", () => {
  const input = { shop: "north" };

  expect([new RunInputs().check(SHOP, input), input]).toEqual([
    '{"shop":"north","pages":3}',
    { shop: "north" },
  ]);
});

test("an agent without a schema takes anything, and nothing is an empty mapping", () => {
  const inputs = new RunInputs();
  const plain = manifestWith();

  expect([inputs.check(plain, undefined), inputs.check(plain, { a: 1 }), inputs.check(plain, null)]).toEqual([
    "{}",
    '{"a":1}',
    "{}",
  ]);
});

test("what is wrong with an input is said in words, with its path and what is expected", () => {
  const inputs = [
    undefined,
    { shop: 7 },
    { shop: "x" },
    { shop: "north", pagse: 1 },
    { shop: "north", pages: 0 },
    { shop: "north", pages: 1.5 },
    { shop: "north", kind: "film" },
    { shop: "north", since: "2026-02-30" },
    { shop: "north", items: [{ id: "a" }] },
    { shop: "north", items: [{}, {}] },
    ["north"],
  ];

  expect(inputs.map(refusalOf)).toEqual([
    ["run.input_invalid", "shop", "is missing", "a text", 1],
    ["run.input_invalid", "shop", "is the number 7", "a text", 1],
    ["run.input_invalid", "shop", 'is the text "x"', "at least 2 characters", 1],
    ["run.input_invalid", "pagse", "is not known to this agent", "pages", 1],
    ["run.input_invalid", "pages", "is the number 0", "at least 1", 1],
    ["run.input_invalid", "pages", "is the number 1.5", "a whole number", 1],
    ["run.input_invalid", "kind", 'is the text "film"', 'one of "books", "music"', 1],
    ["run.input_invalid", "since", 'is the text "2026-02-30"', "a text in the format date", 1],
    ["run.input_invalid", "items.0.id", 'is the text "a"', "a number", 1],
    ["run.input_invalid", "items", "is a list", "at most 1 entries", 1],
    ["run.input_invalid", "input", "is a list", "a mapping", 1],
  ]);
});

test("the message names the first problem and counts the others", () => {
  expect(() => new RunInputs().check(SHOP, { pages: 0 })).toThrow(
    "shop is missing; expected a text (and 1 more)",
  );
});

test("an input above 96 KiB is refused by its size in bytes", () => {
  const check = (length: number) => () => new RunInputs().check(manifestWith(), { text: "é".repeat(length) });

  expect(check(49_146)()).toHaveLength(49_157);
  expect(check(49_147)).toThrow(
    expect.objectContaining({
      code: "run.input_too_large",
      details: { sizeBytes: 98_305, limitBytes: 98_304 },
    }),
  );
});

test("an input that defaults make too large is refused, too", () => {
  const manifest = manifestWith({ type: "object", properties: { a: { default: "x".repeat(97 * 1024) } } });

  expect(() => new RunInputs().check(manifest, {})).toThrow(
    expect.objectContaining({ code: "run.input_too_large" }),
  );
});

test("an input nested without end is refused, not a crash", () => {
  let input: unknown = {};
  for (let depth = 0; depth < 20_000; depth += 1) input = [input];

  expect(() => new RunInputs().check(manifestWith(), input)).toThrow(
    expect.objectContaining({ code: "run.input_invalid" }),
  );
});

test("two agents whose schemas have the same $id do not disturb each other", () => {
  const inputs = new RunInputs();
  const one = manifestWith({ $id: "https://example.org/input", type: "object", required: ["a"] });
  const other = manifestWith({ $id: "https://example.org/input", type: "object", required: ["b"] });

  expect([inputs.check(one, { a: 1 }), inputs.check(other, { b: 1 })]).toEqual(['{"a":1}', '{"b":1}']);
});
