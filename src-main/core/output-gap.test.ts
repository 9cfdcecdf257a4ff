import fc from "fast-check";
import { expect, test } from "vitest";
import { GAP_CAUSES, type OutputGap } from "#contract/log.ts";
import { decodeGap, encodeGap, gapText } from "./output-gap.ts";

const gaps: fc.Arbitrary<OutputGap> = fc.record({
  sizeBytes: fc.option(fc.maxSafeNat()),
  cause: fc.constantFrom(...GAP_CAUSES),
});

test("a gap comes back as it was stored", () => {
  fc.assert(
    fc.property(gaps, (gap) => {
      expect(decodeGap(encodeGap(gap))).toEqual(gap);
    }),
  );
});

test("whatever stands where a gap is stored is read as one", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(GAP_CAUSES).toContain(decodeGap(bytes).cause);
    }),
  );
  expect(decodeGap(Buffer.from('{"sizeBytes":7,"cause":"of-a-later-version"}'))).toEqual({
    sizeBytes: 7,
    cause: "unknown",
  });
});

test("the line for a gap says its size, if known, and its cause, in one line of ASCII", () => {
  fc.assert(
    fc.property(gaps, (gap) => {
      expect(gapText(gap)).toMatch(/^\[Pilothouse: [\x20-\x7e]+\]$/);
    }),
  );
  expect(gapText({ sizeBytes: 512, cause: "log-damaged" })).toBe(
    "[Pilothouse: 512 bytes of output are missing here: this log is damaged]",
  );
  expect(gapText({ sizeBytes: null, cause: "unknown" })).toBe(
    "[Pilothouse: output is missing here: nobody knows why]",
  );
  const damaged = { sizeBytes: 512, cause: "log-damaged" } as const;
  expect(gapText({ ...damaged, lines: { from: 3, to: 9 } })).toBe(
    "[Pilothouse: 512 bytes of output are missing here, lines 3 to 9: this log is damaged]",
  );
  expect(gapText({ ...damaged, lines: { from: 3, to: 3 } })).toBe(
    "[Pilothouse: 512 bytes of output are missing here, line 3: this log is damaged]",
  );
});
