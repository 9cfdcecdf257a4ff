import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { SystemClock } from "#main/platform/index.ts";
import { KeychainProcess, KeychainRefused } from "./keychain-process.ts";

/** A process that does with each request what `code` says; `say` prints a line, `starts` counts the processes. */
async function setup(code: string) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-keychain-"));
  const script = path.join(folder, "main.mjs");
  const starts = path.join(folder, "starts");
  await writeFile(starts, "");
  await writeFile(
    script,
    `import { appendFileSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
appendFileSync(${JSON.stringify(starts)}, "x");
const number = readFileSync(${JSON.stringify(starts)}).length;
let asked = 0;
const say = (text) => process.stdout.write(text);
createInterface({ input: process.stdin }).on("line", (line) => {
  asked += 1;
  const { id } = JSON.parse(line);
  ${code}
}).on("close", () => process.exit(0));`,
  );
  const keychain = new KeychainProcess({
    script,
    nodeExecutable: process.execPath,
    nodeEnvironment: {},
    environment: {},
    clock: new SystemClock(),
    limitMs: 20_000,
    renews: true,
  });
  return {
    ask: () => keychain.ask({ do: "get", account: "a" }),
    starts: async () => (await readFile(starts, "utf8")).length,
    async [Symbol.asyncDispose]() {
      keychain.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const ANSWER = `say(JSON.stringify({ id, value: "process " + number }) + "\\n");`;

test("a process that has worked and then refuses is replaced, and the question is put once more", async () => {
  await using keychain = await setup(
    `if (number === 1 && asked > 1) say(JSON.stringify({ id, value: null, problem: "no session" }) + "\\n");
     else ${ANSWER}`,
  );

  expect([await keychain.ask(), await keychain.ask(), await keychain.ask()]).toEqual([
    "process 1",
    "process 2",
    "process 2",
  ]);
});

test("a refusal by a fresh process stands, and is not asked for twice", async () => {
  await using keychain = await setup(`say(JSON.stringify({ id, value: null, problem: "no" }) + "\\n");`);

  await expect(keychain.ask()).rejects.toThrow(KeychainRefused);
  expect(await keychain.starts()).toBe(1);
});

test("a process that dies in the middle of a value takes nothing along, and its half is in no error", async () => {
  await using keychain = await setup(
    `say('{"id":' + id + ',"value":"correct-hor'); setImmediate(() => process.exit(9));`,
  );

  const failure = await keychain.ask().catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(KeychainRefused);
  expect(String(failure)).not.toContain("correct");
});

test("what the system's library prints by itself is passed over", async () => {
  await using keychain = await setup(`say("** WARNING **: something\\n"); ${ANSWER}`);

  expect(await keychain.ask()).toBe("process 1");
});
