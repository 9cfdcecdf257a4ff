import fc from "fast-check";
import { expect, test } from "vitest";
import { hasImageEnd, readImageHeader } from "./image-header.ts";

function bytesOf(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((char) => char.charCodeAt(0)) : [...part],
    ),
  );
}

const png = bytesOf("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 3, 32, 0, 0, 2, 88]);
const gif = bytesOf("GIF89a", [64, 1, 240, 0]);
const jpeg = bytesOf(
  "\xff\xd8",
  [0xff, 0xe0, 0, 4, 1, 2],
  [0xff, 0xff, 0x01],
  [0xff, 0xc2, 0, 11, 8, 0, 240, 1, 64, 3],
);
const riff = (kind: string, rest: readonly number[]) =>
  bytesOf("RIFF", [30, 0, 0, 0], "WEBP", kind, [10, 0, 0, 0], rest, Array(30).fill(0));

test.each([
  ["PNG", png, "image/png", 800, 600],
  ["GIF", gif, "image/gif", 320, 240],
  ["JPEG with metadata and padding", jpeg, "image/jpeg", 320, 240],
  ["extended WebP", riff("VP8X", [0, 0, 0, 0, 63, 1, 0, 239, 0, 0]), "image/webp", 320, 240],
  ["lossless WebP", riff("VP8L", [0x2f, 0x3f, 0xc1, 0x3b, 0]), "image/webp", 320, 240],
  ["lossy WebP", riff("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 64, 1, 240, 0]), "image/webp", 320, 240],
] as const)("the size of a %s is read", (...row) => {
  const [, bytes, mimeType, width, height] = row;

  expect(readImageHeader(bytes)).toEqual({ mimeType, width, height });
});

test.each([
  ["nothing", bytesOf()],
  ["text", bytesOf("hello, this is a text that is long enough to be an image")],
  ["a PNG without its size", png.subarray(0, 20)],
  ["a GIF without its size", gif.subarray(0, 8)],
  ["an empty GIF", bytesOf("GIF89a", [0, 0, 0, 0])],
  ["an unknown WebP", riff("ABCD", [])],
  ["a cut WebP", riff("VP8X", []).subarray(0, 20)],
  ["a JPEG cut before its size", jpeg.subarray(0, 12)],
  ["a JPEG that loses its way", bytesOf("\xff\xd8\xff\xe0", [0, 2], "no marker here")],
] as const)("%s is no image", (_title, bytes) => {
  expect(readImageHeader(bytes)).toBeNull();
});

test("no bytes make it throw or go on for ever", () => {
  const start = fc.constantFrom(png, gif, jpeg, riff("VP8X", []), bytesOf("\xff\xd8\xff"));
  fc.assert(
    fc.property(start, fc.nat(40), fc.uint8Array({ maxLength: 200 }), (...[head, kept, rest]) => {
      readImageHeader(Uint8Array.from([...head.subarray(0, kept), ...rest]));
    }),
  );
});

test.each([
  ["image/png", [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]],
  ["image/jpeg", [0xff, 0xd9]],
  ["image/gif", [0x3b]],
] as const)("a whole %s ends with its mark", (mimeType, end) => {
  const header = { mimeType, width: 1, height: 1 };
  const head = bytesOf();

  expect(hasImageEnd(header, { head, tail: bytesOf([1], end), sizeBytes: 99 })).toBe(true);
  expect(hasImageEnd(header, { head, tail: bytesOf(end, [1]), sizeBytes: 99 })).toBe(false);
  expect(hasImageEnd(header, { head, tail: bytesOf(), sizeBytes: 0 })).toBe(false);
});

test("a whole WebP is as long as it says", () => {
  const header = { mimeType: "image/webp", width: 1, height: 1 } as const;
  const head = riff("VP8X", []);

  expect(hasImageEnd(header, { head, tail: bytesOf(), sizeBytes: 38 })).toBe(true);
  expect(hasImageEnd(header, { head, tail: bytesOf(), sizeBytes: 37 })).toBe(false);
});
