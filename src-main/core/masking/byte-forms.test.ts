import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Core, hex, jsonEscaped, percentEncoded, utf8, utf16 } from "./byte-forms.ts";

const someText = fc
  .string({ unit: "binary", minLength: 1, maxLength: 40 })
  .filter((text) => text.isWellFormed());

test("the encodings are those of the platform", () => {
  fc.assert(
    fc.property(someText, (text) => {
      const bytes = Buffer.from(text, "utf8");
      expect(Buffer.from(utf8(text)).equals(bytes)).toBe(true);
      expect(Buffer.from(utf16(text, false)).equals(Buffer.from(text, "utf16le"))).toBe(true);
      expect(Buffer.from(utf16(text, true)).equals(Buffer.from(text, "utf16le").swap16())).toBe(true);
      expect(hex(bytes)).toBe(bytes.toString("hex"));
      expect(percentEncoded(bytes, true)).toBe(encodeURIComponent(text));
      expect(jsonEscaped(text, false)).toBe(JSON.stringify(text).slice(1, -1));
      expect(JSON.parse(`"${jsonEscaped(text, true)}"`)).toBe(text);
      expect([...jsonEscaped(text, true)].every((character) => character < "\u007f")).toBe(true);
    }),
  );
});

test("the core of base64 is found whatever stands around the value", () => {
  const bytes = fc.uint8Array({ minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(
      bytes,
      fc.uint8Array({ maxLength: 20 }),
      fc.uint8Array({ maxLength: 20 }),
      (value, before, after) => {
        const whole = Buffer.concat([before, value, after]).toString("base64");

        const core = base64Core(value, before.length % 3);

        expect(whole).toContain(core);
        expect(core.length).toBeGreaterThanOrEqual(Math.floor((value.length * 8 - 10) / 6));
      },
    ),
  );
});
