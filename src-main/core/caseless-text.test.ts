import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "#tests/helpers/property-runs.ts";
import { CaselessText } from "./caseless-text.ts";

/** Few different bytes, so that texts nearly fit; among them some that differ from letters in one bit. */
const bytes = fc.array(fc.constantFrom(...Buffer.from("aAbBzZ@`[{ 1\n"), 0xc3, 0xa9, 0xe1), {
  maxLength: 60,
});
const needles = fc.string({
  unit: fc.constantFrom("a", "A", "b", "z", "Z", "@", "[", " ", "1"),
  minLength: 1,
  maxLength: 6,
});

test("it finds a text in either case where a folded copy has it", () => {
  fc.assert(
    fc.property(bytes, needles, fc.nat(10), (list, needle, from) => {
      const text = Buffer.from(list);
      const folded = (value: string) => value.replace(/[A-Z]/g, (char) => char.toLowerCase());

      const found = new CaselessText(needle).indexIn(text, from);

      expect(found).toBe(folded(text.toString("latin1")).indexOf(folded(needle), from));
    }),
    { numRuns: runs(2_000) },
  );
});

test("a text is found at the very end, and nowhere in less than itself", () => {
  const text = new CaselessText("Error");

  expect(text.indexIn(Buffer.from("an eRROR"), 0)).toBe(3);
  expect(text.indexIn(Buffer.from("erro"), 0)).toBe(-1);
  expect(text.indexIn(Buffer.from("error"), 1)).toBe(-1);
});
