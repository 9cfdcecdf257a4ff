import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { table } from "./table.ts";
import { harmless, Terminal } from "./terminal.ts";

function setup({ isTTY = false, env = {} }: { isTTY?: boolean; env?: Record<string, string> } = {}) {
  const stdout = Object.assign(new PassThrough({ highWaterMark: 16 }), { isTTY });
  const stderr = new PassThrough();
  const terminal = new Terminal({ stdout, stderr, env });
  return { stdout, terminal };
}

describe("output of agents", () => {
  test.each([
    ["a title", "\u001b]0;owned\u0007text", "␛]0;owned␇text"],
    ["colours", "\u001b[31mred\u001b[0m", "␛[31mred␛[0m"],
    ["a cursor that moves", "\u001b[2J\u001b[1;1Hx", "␛[2J␛[1;1Hx"],
    ["a lone escape", "a\u001b", "a␛"],
    ["a bell, a backspace and a return", "a\u0007\b\rb", "a␇␈␍b"],
    ["a NUL and a DEL", "\u0000\u007f", "␀␡"],
    ["an eight-bit control", "\u0084x", "‹U+0084›x"],
    ["plain text with a tab", "a\tb ✓ é", "a\tb ✓ é"],
  ])("%s cannot act on the terminal", (_name, text, shown) => {
    expect(harmless(text)).toBe(shown);
  });
});

describe("a terminal", () => {
  test("colours only where a person looks and wants them", () => {
    const shown = [
      setup({ isTTY: true }),
      setup(),
      setup({ isTTY: true, env: { NO_COLOR: "1" } }),
      setup({ isTTY: true, env: { TERM: "dumb" } }),
    ].map(({ terminal }) => terminal.colour("x", "red"));

    expect(shown).toEqual(["\u001b[31mx\u001b[0m", "x", "x", "x"]);
  });

  test.each([
    [{ isTTY: true }, "\u001b[31mred\u001b[0m ␛]0;title␇\n"],
    [{ isTTY: false }, "red ␛]0;title␇\n"],
  ])("with %j obeys nothing in a line but its colours", async (options, written) => {
    const { stdout, terminal } = setup(options);
    const reading = stdout.toArray();

    await terminal.line("\u001b[31mred\u001b[0m \u001b]0;title\u0007");
    stdout.end();

    expect(Buffer.concat(await reading).toString()).toBe(written);
  });

  test("writes documents that hold nothing that acts", async () => {
    const { stdout, terminal } = setup({ isTTY: true });
    const reading = stdout.toArray();

    await terminal.document({ text: "\u009b2J" });
    stdout.end();

    expect(Buffer.concat(await reading).toString()).toBe('{"text":"\\u009b2J"}\n');
  });

  test("waits for a slow reader", async () => {
    const { stdout, terminal } = setup();
    let isWritten = false;

    const writing = terminal.line("x".repeat(100)).then(() => {
      isWritten = true;
    });
    await Promise.resolve();
    const before = isWritten;
    stdout.resume();
    await writing;

    expect([before, isWritten]).toEqual([false, true]);
  });

  test("takes a reader that went away as the end, not as a failure", async () => {
    const { stdout, terminal } = setup();
    const writing = terminal.line("x".repeat(100));

    stdout.destroy(new Error("EPIPE"));
    await writing;
    await terminal.line("more");

    expect(terminal.closed.aborted).toBe(true);
  });
});

test("columns are as wide as their widest cell, colours not counted", () => {
  const rows = [
    ["NAME", "STATE", "WHY"],
    ["a", "\u001b[31m✕ failed\u001b[0m", ""],
  ];

  expect(table(rows)).toBe("NAME  STATE     WHY\na     \u001b[31m✕ failed\u001b[0m");
});
