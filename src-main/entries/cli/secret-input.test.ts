import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { LONGEST_VALUE_BYTES } from "#contract/credential.ts";
import { Interrupts } from "./interrupts.ts";
import { readSecret } from "./secret-input.ts";
import { Terminal } from "./terminal.ts";

function setup(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined });
  let shown = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      done();
    },
  });
  const terminal = new Terminal({ stdout: output, stderr: output, env: {} });
  const read = () => readSecret({ input, terminal, interrupts: new Interrupts() }, "Value:");
  return { input, read, shown: () => shown };
}

test("what is typed is taken up to Enter, with its corrections, and never shown", async () => {
  const { input, read, shown } = setup(true);
  const reading = read();

  for (const key of ["h", "u", "x", "\u007f", "nter-2é", "\r"]) input.write(key);

  expect(await reading).toBe("hunter-2é");
  expect(shown().trim()).toBe("Value:");
});

test("several lines pasted at a prompt are refused whole: half a key would be stored", async () => {
  const { input, read } = setup(true);
  const reading = read();

  input.write("-----BEGIN KEY-----\nAbCd\n-----END KEY-----\n");

  await expect(reading).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(reading).rejects.toThrow("< FILE");
});

test.each([
  ["one line loses its end", "secret\r\n", "secret"],
  ["of several lines the last one keeps it", "a\nb\n", "a\nb\n"],
  [
    "the longest value with a line end",
    `${"x".repeat(LONGEST_VALUE_BYTES)}\n`,
    "x".repeat(LONGEST_VALUE_BYTES),
  ],
])("from a pipe, %s", async (_what, text, value) => {
  const { input, read } = setup(false);
  input.end(text);

  expect(await read()).toBe(value);
});

test.each([
  ["nothing", "\n", "is empty"],
  ["more than any value may have", "x".repeat(LONGEST_VALUE_BYTES + 3), "has more than"],
])("%s is refused, and the refusal does not repeat it", async (_what, text, problem) => {
  const { input, read } = setup(false);
  input.end(text);

  const failure = await read().catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "usage.invalid", message: expect.stringContaining(problem) });
  expect(JSON.stringify(failure)).not.toContain("xxx");
});
