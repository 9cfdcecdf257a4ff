import { faultPhrase, type KeyPath, type ManifestFault } from "./manifest-fault.ts";
import { findNearest } from "./nearest-word.ts";

/** Keywords by what stands behind them, so that names of the author's own are not taken for keywords. */
const ONE_SCHEMA = [
  "additionalProperties",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
];
const SCHEMA_LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SCHEMA_MAPS = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];
const PLAIN = [
  "$anchor",
  "$comment",
  "$id",
  "$ref",
  "$schema",
  "const",
  "contentEncoding",
  "contentMediaType",
  "default",
  "dependentRequired",
  "deprecated",
  "description",
  "enum",
  "examples",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "maxContains",
  "maxItems",
  "maxLength",
  "maxProperties",
  "maximum",
  "minContains",
  "minItems",
  "minLength",
  "minProperties",
  "minimum",
  "multipleOf",
  "pattern",
  "readOnly",
  "required",
  "title",
  "type",
  "uniqueItems",
  "writeOnly",
];
const KEYWORDS = new Set([...ONE_SCHEMA, ...SCHEMA_LISTS, ...SCHEMA_MAPS, ...PLAIN]);

/**
 * Faults of the manifest's `inputs` that JSON Schema itself lets pass: keywords nobody knows, which are
 * nearly always typing errors, and references that lead out of the file.
 */
export function checkInputSchema(inputs: unknown): readonly ManifestFault[] {
  const faults = checkSchema(inputs, ["inputs"]);
  const type = isMapping(inputs) ? inputs["type"] : undefined;
  if (type === "object" || (isMapping(inputs) && inputs["$ref"] !== undefined)) return faults;
  return [
    ...faults,
    {
      path: type === undefined ? ["inputs"] : ["inputs", "type"],
      part: "value",
      problem: "the input of an agent is always a mapping of names to values",
      expected: "type: object",
      ...faultPhrase("inputs-no-mapping", { want: "literal", wanted: "type: object" }),
    },
  ];
}

function checkSchema(schema: unknown, path: KeyPath): readonly ManifestFault[] {
  if (!isMapping(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const here = [...path, key];
    if (!KEYWORDS.has(key)) return key.startsWith("x-") ? [] : [unknownKeyword(here, key)];
    if (key === "$ref") return checkReference(value, here);
    return checkInside(key, value, here);
  });
}

function checkInside(key: string, value: unknown, path: KeyPath): readonly ManifestFault[] {
  if (ONE_SCHEMA.includes(key)) return checkSchema(value, path);
  if (SCHEMA_LISTS.includes(key) && Array.isArray(value)) {
    return value.flatMap((part, index) => checkSchema(part, [...path, index]));
  }
  if (SCHEMA_MAPS.includes(key) && isMapping(value)) {
    return Object.entries(value).flatMap(([name, part]) => checkSchema(part, [...path, name]));
  }
  return [];
}

function unknownKeyword(path: KeyPath, key: string): ManifestFault {
  const nearest = findNearest(key, KEYWORDS);
  return {
    path,
    part: "key",
    problem: `"${key}" is no keyword of JSON Schema`,
    expected: nearest ?? "a keyword such as type, properties, required, enum, default",
    ...faultPhrase("unknown-keyword", {
      key,
      want: nearest === null ? "one-of" : "literal",
      wanted: nearest ?? "type, properties, required, enum, default…",
    }),
  };
}

function checkReference(value: unknown, path: KeyPath): readonly ManifestFault[] {
  if (typeof value !== "string" || value.startsWith("#")) return [];
  return [
    {
      path,
      part: "value",
      problem: "$ref leads out of this file, and nothing is fetched",
      expected: "a reference into this schema, such as #/$defs/name",
      ...faultPhrase("foreign-reference", { want: "literal", wanted: "#/$defs/name" }),
    },
  ];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
