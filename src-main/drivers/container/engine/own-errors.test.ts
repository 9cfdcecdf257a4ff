import { expect, test } from "vitest";
import type { StreamPiece } from "./multiplexed.ts";
import { OwnErrors } from "./own-errors.ts";

const OWN = "Error: read unixpacket @->/proc/self/fd/12/attach: read: connection reset by peer\n";
const piece = (stream: StreamPiece["stream"], text: string): StreamPiece => ({
  stream,
  bytes: Buffer.from(text),
});

function saidOf(...pieces: readonly StreamPiece[]): string[] {
  const own = new OwnErrors();
  return pieces.flatMap((each) => own.pass(each)).map(({ bytes }) => Buffer.from(bytes).toString());
}

test("the engine's own error is left out where it comes last", () => {
  expect(saidOf(piece("stdout", "out\n"), piece("stderr", OWN))).toEqual(["out\n"]);
});

test("the same words stay where the container says more, in their place", () => {
  expect(saidOf(piece("stderr", OWN), piece("stderr", OWN), piece("stdout", "on\n"))).toEqual([
    OWN,
    OWN,
    "on\n",
  ]);
});

test("other words, and the same on the other stream, are the container's", () => {
  const said = ["Error: no such file\n", `oh ${OWN}`, "Error: read"];

  expect(saidOf(...said.map((text) => piece("stderr", text)))).toEqual(said);
  expect(saidOf(piece("stdout", OWN))).toEqual([OWN]);
});
