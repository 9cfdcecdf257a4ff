import { expect, test } from "vitest";
import { ShellText, splitCommand } from "./shell-text.ts";

const ESC = "\u001b";
function say(...pieces: readonly string[]): string {
  const shell = new ShellText();
  return pieces.map((piece) => shell.push(Buffer.from(piece))).join("");
}

test("true colours become the nearest of 256, other sequences stay as they are", () => {
  expect(say(`${ESC}[38;2;255;0;0mred${ESC}[0m`)).toBe(`${ESC}[38;5;196mred${ESC}[0m`);
  expect(say(`${ESC}[1;48;2;0;0;255;4mx`)).toBe(`${ESC}[1;48;5;21;4mx`);
  expect(say(`${ESC}[38:2::0:255:0mx`)).toBe(`${ESC}[38;5;46mx`);
  expect(say(`${ESC}[38;5;12m${ESC}[2J${ESC}[31m`)).toBe(`${ESC}[38;5;12m${ESC}[2J${ESC}[31m`);
});

test("a sequence or a character that is cut between two pieces stays whole", () => {
  expect(say(`a${ESC}`, "[38;2;255", `;255;255mb`)).toBe(`a${ESC}[38;5;231mb`);

  const shell = new ShellText();
  const bytes = Buffer.from("ж");
  expect(shell.push(bytes.subarray(0, 1)) + shell.push(bytes.subarray(1))).toBe("ж");
});

test("a command is split into words, quotes keep them together", () => {
  expect(splitCommand("  sh -c 'echo \"a b\"' ")).toEqual(["sh", "-c", 'echo "a b"']);
  expect(splitCommand('a"b c"d ""')).toEqual(["ab cd", ""]);
  expect([splitCommand(""), splitCommand("sh 'open")]).toEqual([[], null]);
});
