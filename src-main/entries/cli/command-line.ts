import { parseArgs } from "node:util";
import { AppError } from "#contract/errors.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import { type Argument, COMMON_FLAGS, type Command, type Flag, nameOf } from "./command.ts";

/** What somebody typed, understood. */
export interface CommandLine {
  readonly command: Command;
  readonly words: ReadonlyMap<string, string>;
  /** All words of the argument that takes many. */
  readonly many: ReadonlyMap<string, readonly string[]>;
  /** A flag without value maps to the empty text. */
  readonly flags: ReadonlyMap<string, string>;
}

export interface HelpWish {
  readonly helpFor: Command | null;
}

/** Flags that may also be given by one letter. */
const SHORT_FLAGS: Readonly<Record<string, string>> = {
  h: "help",
  f: "follow",
  i: "interactive",
  t: "tty",
};

/**
 * Reads the arguments after the program's name.
 *
 * @throws AppError `usage.invalid` for an unknown command or flag, with the nearest one that exists, and for
 * words that are missing or too many
 */
export function readCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
): CommandLine | HelpWish {
  const command = findCommand(argv, commands);
  if (command === null) {
    const words = positionalsOf(argv, everyFlag(commands));
    if (words.length > 0 && words[0] !== "help") throw unknownCommand(words, commands);
    readFlags(argv, COMMON_FLAGS);
    return { helpFor: findCommand(words.slice(1), commands) };
  }
  const flags = readFlags(argv, [...COMMON_FLAGS, ...command.flags]);
  if (flags.has("help")) return { helpFor: command };
  const words = positionalsOf(argv, [...COMMON_FLAGS, ...command.flags]).slice(command.path.length);
  return { command, flags, words: nameWords(command, words), many: nameMany(command, words) };
}

/** Whether JSON was asked for; works for a line that is otherwise wrong. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--json");
}

function findCommand(argv: readonly string[], commands: readonly Command[]): Command | null {
  const words = positionalsOf(argv, everyFlag(commands));
  return (
    commands.find(({ path }) => path.every((word, index) => words[index] === word)) ??
    // The version, asked for as other programs do.
    (argv[0] === "--version" ? (commands.find(({ path }) => path[0] === "version") ?? null) : null)
  );
}

function everyFlag(commands: readonly Command[]): readonly Flag[] {
  return [...COMMON_FLAGS, ...commands.flatMap(({ flags }) => flags)];
}

interface OptionToken {
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

type Options = Record<string, { type: "string" | "boolean"; short?: string }>;

function tokensOf(argv: readonly string[], flags: readonly Flag[]) {
  const options: Options = {};
  for (const { name, value } of flags) {
    const short = Object.entries(SHORT_FLAGS).find(([, long]) => long === name)?.[0];
    options[name] = {
      type: value === undefined ? "boolean" : "string",
      ...(short === undefined ? {} : { short }),
    };
  }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function positionalsOf(argv: readonly string[], flags: readonly Flag[]): string[] {
  return tokensOf(argv, flags).flatMap((token) => (token.kind === "positional" ? [token.value] : []));
}

function readFlags(argv: readonly string[], flags: readonly Flag[]): Map<string, string> {
  const given = new Map<string, string>();
  for (const token of tokensOf(argv, flags)) {
    if (token.kind !== "option" || token.name === "version") continue;
    const flag = flags.find(({ name }) => name === token.name);
    if (flag === undefined) throw unknownFlag(token.rawName, flags);
    const earlier = flag.isRepeated === true ? given.get(flag.name) : undefined;
    const value = flagValue(flag, token);
    given.set(flag.name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return given;
}

function flagValue(flag: Flag, token: OptionToken): string {
  const { value } = token;
  const argument = `--${flag.name}`;
  if (flag.value === undefined) {
    if (value === undefined) return "";
    throw usage(`${argument} takes no value`, { argument, problem: "takes no value", expected: argument });
  }
  // `--agent --json` forgot the value; a value that begins with a dash is written `--agent=-x`.
  const isNextFlag = token.inlineValue === false && value?.startsWith("--") === true;
  if (value === undefined || value === "" || isNextFlag) {
    const expected = `${argument} ${flag.value}`;
    throw usage(`${argument} needs a value: ${expected}`, { argument, problem: "needs a value", expected });
  }
  return value;
}

function nameWords(command: Command, words: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const [index, { name }] of command.args.entries()) {
    const word = words[index];
    if (word === undefined || word === "") {
      throw usage(`${name} is missing: ${usageLine(command)}`, {
        argument: name,
        problem: "is missing",
        expected: usageLine(command),
      });
    }
    named.set(name, word);
  }
  const extra = words[command.args.length];
  if (extra !== undefined && command.takesSecret === true) {
    const expected = "the value on standard input";
    throw usage(`A value is never an argument, where every program can read it; give ${expected}`, {
      argument: command.args[0]?.name ?? "",
      problem: "is followed by another word",
      expected,
    });
  }
  if (extra !== undefined && command.args.at(-1)?.isMany !== true) {
    throw usage(`"${extra}" is one word too many: ${usageLine(command)}`, {
      argument: extra,
      problem: "is one word too many",
      expected: usageLine(command),
    });
  }
  return named;
}

function nameMany(command: Command, words: readonly string[]): Map<string, readonly string[]> {
  const last = command.args.at(-1);
  return new Map(last?.isMany === true ? [[last.name, words.slice(command.args.length - 1)]] : []);
}

/** `pilothouse run AGENT [--target T] …` */
export function usageLine(command: Command): string {
  const flags = command.flags.map(
    ({ name, value }) => `[--${name}${value === undefined ? "" : ` ${value}`}]`,
  );
  return ["pilothouse", ...command.path, ...command.args.map(argumentText), ...flags].join(" ");
}

function argumentText({ name, isMany }: Argument): string {
  return isMany === true ? `${name}…` : name;
}

function unknownFlag(rawName: string, flags: readonly Flag[]): AppError {
  const nearest = findNearest(
    rawName,
    flags.map(({ name }) => `--${name}`),
  );
  return usage(`There is no flag ${rawName}${suggestion(nearest)}`, {
    argument: rawName,
    problem: "is not known",
    expected: nearest ?? "",
  });
}

function unknownCommand([first = "", second]: readonly string[], commands: readonly Command[]): AppError {
  const firsts = commands.flatMap(({ path }) => path.slice(0, 1));
  const group = firsts.includes(first) ? first : findNearest(first, firsts);
  const members = commands.filter(({ path }) => path[0] === group);
  if (group === first && second === undefined) {
    const expected = members.map(nameOf).join(", ");
    return usage(`${first} needs one more word: ${expected}`, {
      argument: first,
      problem: "needs one more word",
      expected,
    });
  }
  const argument = group === first ? `${first} ${second}` : first;
  const meant = commandsMeant(members, second);
  const expected = meant.map(nameOf).join(", ");
  const hint = meant.length > 1 ? `. There are: ${expected}` : suggestion(expected || null);
  return usage(`There is no command ${argument}${hint}`, { argument, problem: "is not known", expected });
}

/** Which of a group; all of them when the second word, which alone tells them apart, is near to none. */
function commandsMeant(members: readonly Command[], second: string | undefined): readonly Command[] {
  const seconds = members.flatMap(({ path }) => path.slice(1, 2));
  const nearest = second === undefined ? null : findNearest(second, seconds);
  const alone = members.filter(({ path }) => path.length === 1);
  const named = members.filter(({ path }) => nearest !== null && path[1] === nearest);
  return [named, alone, members].find(({ length }) => length > 0) ?? [];
}

function suggestion(nearest: string | null): string {
  return nearest === null ? "" : `. Did you mean ${nearest}?`;
}

function usage(message: string, details: { argument: string; problem: string; expected: string }): AppError {
  return new AppError("usage.invalid", message, { details });
}
