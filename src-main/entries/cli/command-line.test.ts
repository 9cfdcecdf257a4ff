import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { type Command, nameOf } from "./command.ts";
import { asksForJson, readCommandLine } from "./command-line.ts";
import { COMMANDS } from "./command-table.ts";
import { helpOf, overview } from "./help.ts";

function understood(...argv: string[]) {
  const line = readCommandLine(argv, COMMANDS);
  if ("helpFor" in line) return { helpFor: line.helpFor === null ? null : nameOf(line.helpFor) };
  return {
    command: nameOf(line.command),
    words: Object.fromEntries(line.words),
    flags: Object.fromEntries(line.flags),
  };
}

function refusalOf(...argv: string[]) {
  try {
    readCommandLine(argv, COMMANDS);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, ...error.details };
    throw error;
  }
  throw new Error("the line was expected to be refused");
}

describe("a command line", () => {
  test("flags may stand before, between and after the words", () => {
    const expected = { command: "agent add", words: { DIR: "here" }, flags: { data: "d", json: "" } };

    expect(understood("--data", "d", "agent", "add", "here", "--json")).toEqual(expected);
    expect(understood("agent", "--json", "add", "--data=d", "here")).toEqual(expected);
  });

  test("what follows -- is a word, whatever it looks like", () => {
    expect(understood("show", "--", "--json")).toMatchObject({ words: { RUN: "--json" }, flags: {} });
    expect(asksForJson(["show", "--", "--json"])).toBe(false);
  });

  test("a value may begin with a dash after =, and with one dash after a space", () => {
    expect(understood("logs", "r", "--grep=--x")).toMatchObject({ flags: { grep: "--x" } });
    expect(understood("run", "a", "--input", "-1")).toMatchObject({ flags: { input: "-1" } });
  });

  test("-f follows and -h helps", () => {
    expect(understood("logs", "r", "-f")).toMatchObject({ flags: { follow: "" } });
    expect(understood("runs", "-h")).toEqual({ helpFor: "runs" });
  });

  test.each([
    [[], null],
    [["--help"], null],
    [["help"], null],
    [["help", "agent", "add"], "agent add"],
    [["run", "x", "--help"], "run"],
  ])("%j asks for help", (argv, helpFor) => {
    expect(understood(...argv)).toEqual({ helpFor });
  });

  test("--version is the command version", () => {
    expect(understood("--version")).toMatchObject({ command: "version" });
  });

  test.each([
    [["rn", "x"], { argument: "rn", expected: "run" }],
    [["agent", "shwo", "x"], { argument: "agent shwo", expected: "agent show" }],
    [
      ["agent", "sample", "x"],
      {
        argument: "agent sample",
        problem: "is not known",
        expected: "agent add, agent list, agent show, agent validate, agent remove",
      },
    ],
    [["agnet", "shwo"], { argument: "agnet", expected: "agent show" }],
    [["lgos", "r"], { argument: "lgos", expected: "logs" }],
    [["lgos", "export", "r"], { argument: "lgos", expected: "logs export" }],
    [
      ["target"],
      { argument: "target", problem: "needs one more word", expected: "target list, target show" },
    ],
    [["nonsense"], { argument: "nonsense", problem: "is not known", expected: "" }],
    [["runs", "--jsno"], { argument: "--jsno", expected: "--json" }],
    [["runs", "-x"], { argument: "-x" }],
    [["run", "a", "--wait=yes"], { argument: "--wait", problem: "takes no value" }],
    [["run", "a", "--target"], { argument: "--target", problem: "needs a value" }],
    [["run", "a", "--target", "--wait"], { argument: "--target", problem: "needs a value" }],
    [["run"], { argument: "AGENT", problem: "is missing" }],
    [["run", "a", "b"], { argument: "b", problem: "is one word too many" }],
  ])("%j is refused with what is wrong", (argv, refusal) => {
    expect(refusalOf(...argv)).toMatchObject({ code: "usage.invalid", ...refusal });
  });
});

describe("the table of commands", () => {
  test("every example is a line that its own command understands", () => {
    const examples = COMMANDS.flatMap((command) => command.examples.map((example) => ({ command, example })));

    const misunderstood = examples.filter(({ command, example }) => commandOf(example) !== nameOf(command));

    expect(misunderstood.map(({ example }) => example)).toEqual([]);
    expect(COMMANDS.filter(({ examples }) => examples.length === 0)).toEqual([]);
  });

  test("the help names every command, and a command's help every word and flag of it", () => {
    const text = overview(COMMANDS);

    expect(COMMANDS.filter((command) => !text.includes(nameOf(command)))).toEqual([]);
    expect(COMMANDS.filter((command) => !isWhole(command))).toEqual([]);
  });
});

function isWhole(command: Command): boolean {
  const text = helpOf(command);
  const flags = command.flags.map(({ name }) => `--${name}`);
  return [...command.args.map(({ name }) => name), ...flags, ...command.examples].every((part) =>
    text.includes(part),
  );
}

/** The command that an example in the help calls, without the shell around it. */
function commandOf(example: string): string {
  const [, line = ""] = /pilothouse ([^|<>)]*)/.exec(example) ?? [];
  const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const read = readCommandLine(argv, COMMANDS);
  return "helpFor" in read ? "help" : nameOf(read.command);
}
