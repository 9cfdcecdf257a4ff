import { COMMON_FLAGS, type Command, type Flag, nameOf } from "./command.ts";
import { usageLine } from "./command-line.ts";
import { table } from "./table.ts";

const EXIT_CODES = [
  ["0", "done"],
  ["1", "the run did not succeed (run --wait, run --follow)"],
  ["2", "wrong usage"],
  ["3", "not found"],
  ["4", "the core or the target cannot be reached"],
  ["5", "refused: locked, not allowed, not possible"],
  ["70", "a bug, with an incident number that stands in app.log"],
  ["130", "interrupted with Ctrl-C; runs go on"],
] as const;

export function overview(commands: readonly Command[]): string {
  return [
    "Pilothouse: run, watch and stop software agents.",
    "",
    "Usage: pilothouse COMMAND [--data DIR] [--json]",
    "",
    "Commands:",
    indent(table(commands.map((command) => [head(command), command.summary]))),
    "",
    "Exit codes:",
    indent(table(EXIT_CODES.map((row) => [...row]))),
    "",
    "pilothouse help COMMAND says more. With --json a failure prints",
    '{"error":{"code","message","details"}} to standard output as well.',
  ].join("\n");
}

export function helpOf(command: Command): string {
  return [
    command.summary,
    "",
    `Usage: ${usageLine(command)}`,
    ...(command.args.length === 0
      ? []
      : ["", indent(table(command.args.map(({ name, summary }) => [name, summary])))]),
    "",
    "Flags:",
    indent(table([...command.flags, ...COMMON_FLAGS].map((flag) => [flagHead(flag), flag.summary]))),
    ...(command.notes === undefined ? [] : ["", ...command.notes]),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function head(command: Command): string {
  return [nameOf(command), ...command.args.map(({ name }) => name)].join(" ");
}

function flagHead({ name, value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
