import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { untilCoreIsKept } from "#tests/helpers/compiled-code.ts";
import { type Desktop, startDesktop } from "#tests/helpers/desktop.ts";
import { createProgram } from "#tests/helpers/program.ts";
import { addAgent, COUNTING, LASTING } from "./cli-agents.ts";

/** Until the page of the first window has asked for its port, and a core answers it. */
async function isConnected(desktop: Desktop): Promise<void> {
  await desktop.until("ipc");
  await desktop.until("app.setBadgeCount");
}

function linesOf(stdout: string): string[] {
  const entries = stdout.trimEnd().split("\n");
  return entries.flatMap((entry) => {
    const { text } = JSON.parse(entry) as { text?: string };
    return text === undefined ? [] : [text];
  });
}

test("a folder that another desktop holds is said in words, and the program ends when asked", async () => {
  await using program = await createProgram();
  await using first = await startDesktop({ data: program.data });
  await isConnected(first);
  await using desktop = await startDesktop({ data: program.data });

  const { options } = await desktop.until("dialog.message");

  // Without an answer the stand-in takes the dialog's way out, which is to quit.
  expect(options).toMatchObject({
    detail: expect.stringContaining("is in use by process"),
    buttons: ["Try again", "Quit"],
  });
  expect(await desktop.ended).toBe(0);
});

test("a command that runs a core for itself makes room for the desktop, and misses no line", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "counting", script: COUNTING });
  const following = program.start(["run", "counting", "--follow", "--json"]);
  await following.untilStdout((text) => text.includes('"line 20"'));

  await using desktop = await startDesktop({ data: program.data });
  await isConnected(desktop);
  const { code, stdout } = await following.result;

  expect(desktop.entries("dialog.message")).toEqual([]);
  expect(code).toBe(0);
  expect(linesOf(stdout)).toEqual(Array.from({ length: 300 }, (_, index) => `line ${index + 1}`));
});

test("the core of a command that waits for no end keeps its folder until the command is done", async () => {
  await using program = await createProgram();
  await addAgent(program, { name: "lasting", script: LASTING });
  await program.json(["run", "lasting"]);

  await using desktop = await startDesktop({ data: program.data });
  await isConnected(desktop);

  expect(desktop.entries("dialog.message")).toEqual([]);
  expect(await program.json(["runs"])).toMatchObject([{ agent: "lasting", state: "running" }]);
});

test("the command line attaches to the core of the desktop", async () => {
  await using program = await createProgram();
  await using desktop = await startDesktop({ data: program.data });
  await isConnected(desktop);

  expect(await program.json(["agent", "list"])).toEqual([]);
  expect((await program.run(["open", "--no-open"])).code).toBe(4);
  expect(desktop.stderr).toBe("");
  expect(await readFile(`${program.data}/app.log`, "utf8").catch(() => "")).not.toContain("bug");
});

test("the core's compiled code is kept for the next start, although its process is ended from outside", async () => {
  await using program = await createProgram();
  await using desktop = await startDesktop({ data: program.data });

  await untilCoreIsKept(program.data);

  expect(desktop.entries("utility.exit")).toEqual([]);
});
