import { expect, test } from "vitest";
import { checkInputSchema } from "./input-schema-checks.ts";

function faultsOf(inputs: unknown): readonly string[] {
  return checkInputSchema(inputs).map(({ path, expected }) => `${path.join(".")} | ${expected}`);
}

test("keywords are checked wherever a schema stands, and names of the author's own are not", () => {
  const schema = {
    type: "object",
    properties: { requird: { type: "string", titel: "T" }, list: { type: "array", items: { minimun: 1 } } },
    $defs: { anything: { descripton: "x" } },
    anyOf: [{ propertes: {} }],
    additionalProperties: false,
    default: { whatever: 1 },
    "x-order": ["a"],
  };

  expect(faultsOf(schema)).toEqual([
    "inputs.properties.requird.titel | title",
    "inputs.properties.list.items.minimun | minimum",
    "inputs.$defs.anything.descripton | description",
    "inputs.anyOf.0.propertes | properties",
  ]);
});

test("a keyword that resembles none is answered with examples", () => {
  expect(faultsOf({ type: "object", zzzzzz: 1 })).toEqual([
    "inputs.zzzzzz | a keyword such as type, properties, required, enum, default",
  ]);
});

test("references stay inside the file, and parts of a wrong shape are left to the rules of JSON Schema", () => {
  expect([
    faultsOf({ $ref: "#/$defs/a" }),
    faultsOf({ type: "object", $ref: 7, properties: [], anyOf: {}, items: "x" }),
    faultsOf({ type: "object", $ref: "other.json" }),
  ]).toEqual([[], [], ["inputs.$ref | a reference into this schema, such as #/$defs/name"]]);
});

test("an input is a mapping", () => {
  expect([faultsOf({}), faultsOf({ type: "array" }), faultsOf("text")]).toEqual([
    ["inputs | type: object"],
    ["inputs.type | type: object"],
    ["inputs | type: object"],
  ]);
});
