import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("equal values have equal texts, whatever the order of their keys", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "ä\n" }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"ä\\n","d":null}]}',
  );
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
});

test("the text reads back as the value", () => {
  const plain = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.integer()));
  fc.assert(
    fc.property(plain, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual({ ...value });
    }),
  );
});
