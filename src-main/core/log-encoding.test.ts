import { expect, test } from "vitest";
import { LOG_ENCODINGS } from "#contract/log.ts";
import { encodingOf, guessWideEncoding, readingOf } from "./log-encoding.ts";

/** UTF-16, little-endian, of letters of the first plane. */
function wide(text: string): Uint8Array {
  return Uint8Array.from(
    [...text].flatMap((letter) => [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8]),
  );
}

test("bytes like a byte order mark in the middle of other output do not make it UTF-16", () => {
  expect(guessWideEncoding(Uint8Array.of(0xff, 0xfe, 0x80, 0x0a))).toBe(null);
});

test("a single zero does not make a line UTF-16", () => {
  expect(guessWideEncoding(Uint8Array.from("admin and \0 nul", (letter) => letter.charCodeAt(0)))).toBe(null);
});

test("UTF-16 is told by its letters, with a mark and without", () => {
  expect([wide("hello"), wide("\ufeffпривет, hello")].map(guessWideEncoding)).toEqual([
    "utf-16le",
    "utf-16le",
  ]);
});

test("a choice of a person is one way of reading", () => {
  expect(LOG_ENCODINGS.map((encoding) => encodingOf(readingOf(encoding)))).toEqual(LOG_ENCODINGS);
});
