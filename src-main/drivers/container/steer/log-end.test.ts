import { expect, test } from "vitest";
import type { StreamPiece } from "../engine/multiplexed.ts";
import { LogEnd } from "./log-end.ts";

const out = (text: string): StreamPiece => ({ stream: "stdout", bytes: Buffer.from(text) });
const err = (text: string): StreamPiece => ({ stream: "stderr", bytes: Buffer.from(text) });

function missing(seen: readonly StreamPiece[], last: readonly StreamPiece[]): readonly string[] {
  const end = new LogEnd();
  for (const piece of seen) end.see(piece);
  return end.missingFrom(last).map(({ bytes, stream }) => `${stream} ${Buffer.from(bytes).toString()}`);
}

test("what stands behind the last line feed is missing when the follower was not given it", () => {
  expect(missing([out("one\n"), out("two\n")], [out("two\n"), out("the end")])).toEqual(["stdout the end"]);
  expect(missing([], [out("a"), err("b")])).toEqual(["stdout a", "stderr b"]);
});

test("nothing is given twice", () => {
  expect(missing([out("one\nthe "), out("end")], [out("one\n"), out("the end")])).toEqual([]);
  expect(missing([out("one\n")], [out("one\n")])).toEqual([]);
  expect(missing([], [])).toEqual([]);
});

test("of a line that the engine keeps in several entries only the rest is missing", () => {
  const [first, rest] = ["x".repeat(16_384), `y${"z".repeat(500)}`];

  expect(missing([out(`a\n${first}`)], [out(first), out(rest)])).toEqual([`stdout ${rest}`]);
  expect(missing([out(`a\n${first}`), err("other\n")], [out(rest)])).toEqual([`stdout ${rest}`]);
});
