import { expect, test } from "vitest";
import { framed, type StreamPiece } from "../engine/multiplexed.ts";
import { LogTally } from "./log-tally.ts";

function tallyOf(...said: readonly (readonly [StreamPiece["stream"], string])[]): LogTally {
  const tally = new LogTally();
  const bytes = Buffer.concat(said.map(([stream, text]) => framed({ stream, bytes: Buffer.from(text) })));
  // In pieces that end anywhere, as they come from an engine.
  for (let at = 0; at < bytes.length; at += 7) tally.push(bytes.subarray(at, at + 7));
  return tally;
}

test("a log of the same size is all captured", () => {
  const tally = tallyOf(["stdout", "one\n"], ["stderr", "oh\n"], ["stdout", "two\n"], ["stdout", "end"]);

  expect(tally.isAllOf({ stdout: 11, stderr: 3 })).toBe(true);
});

test("a log that says more, or another amount on either stream, is not", () => {
  const tally = tallyOf(["stdout", "one\n"], ["stderr", "oh\n"]);

  for (const captured of [
    { stdout: 3, stderr: 3 },
    { stdout: 4, stderr: 0 },
    { stdout: 3, stderr: 4 },
    { stdout: 5, stderr: 3 },
  ]) {
    expect(tally.isAllOf(captured)).toBe(false);
  }
});

test("a size tells nothing where a line feed may have been dropped", () => {
  const tally = tallyOf(["stdout", "x".repeat(100)], ["stderr", "between\n"], ["stdout", "next\n"]);

  expect(tally.isAllOf({ stdout: 105, stderr: 8 })).toBe(false);
});
