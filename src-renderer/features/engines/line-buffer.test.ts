import { expect, test } from "vitest";
import type { ContainerLogPiece } from "#contract/engine.ts";
import { findLines, LineBuffer } from "./line-buffer.ts";

function piece(
  bytes: string | Uint8Array,
  stream: ContainerLogPiece["stream"] = "stdout",
): ContainerLogPiece {
  return { stream, base64: Buffer.from(bytes).toString("base64") };
}
const said = ({ lines }: LineBuffer) =>
  lines.map(({ number, stream, text }) => `${number} ${stream} ${text}`);

test("streams keep their lines and characters whole, however the bytes are cut", () => {
  const buffer = new LineBuffer();
  const bytes = Buffer.from("привет\r\nзав");
  buffer.push(piece(bytes.subarray(0, 5)));
  buffer.push(piece("bad\n", "stderr"));
  buffer.push(piece(bytes.subarray(5)));
  buffer.push(piece("тра\n"));

  expect(said(buffer)).toEqual(["1 stderr bad", "2 stdout привет", "3 stdout завтра"]);
});

test("what is not ended by a line feed is a line once nothing follows", () => {
  const buffer = new LineBuffer();
  buffer.push(piece("one\ntwo"));
  expect(said(buffer)).toEqual(["1 stdout one"]);
  expect(buffer.unfinished).toEqual([{ number: 2, stream: "stdout", text: "two" }]);

  buffer.finish();
  buffer.finish();

  expect(said(buffer)).toEqual(["1 stdout one", "2 stdout two"]);
  expect(buffer.unfinished).toEqual([]);
});

test("the oldest lines go when there are too many, or they are too long; the newest stays", () => {
  const many = new LineBuffer({ maxLines: 3, maxCharacters: 1_000 });
  for (let line = 1; line <= 10; line += 1) many.push(piece(`line ${line}\n`));
  expect(said(many)).toEqual(["8 stdout line 8", "9 stdout line 9", "10 stdout line 10"]);
  expect(many.droppedLines).toBe(7);

  const long = new LineBuffer({ maxLines: 100, maxCharacters: 20 });
  long.push(piece(`${"a".repeat(15)}\n${"b".repeat(10)}\n`));
  expect(long.lines.map(({ text }) => text)).toEqual(["b".repeat(10)]);
  long.push(piece(`${"c".repeat(50)}\n`));
  expect(long.lines.map(({ text }) => text)).toEqual(["c".repeat(50)]);
});

test("a line without an end does not grow without one", () => {
  const buffer = new LineBuffer();
  for (let index = 0; index < 20; index += 1) buffer.push(piece("x".repeat(10_000)));
  buffer.push(piece("\n"));

  expect(buffer.lines.map(({ text }) => text.length)).toEqual([16_384]);
});

test("lines are found whatever the case", () => {
  const buffer = new LineBuffer();
  buffer.push(piece("Tide\nout\nthe tide\n"));

  expect([findLines(buffer.lines, "TIDE"), findLines(buffer.lines, "")]).toEqual([[0, 2], []]);
});
