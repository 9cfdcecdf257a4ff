import { AppError } from "#contract/errors.ts";
import { COMMON_FLAGS, type Command, nameOf } from "../command.ts";

const SHELLS = { bash, zsh, powershell } as const;

/** @param commands asked for late, because the table of commands holds this one too */
export function createCompletion(commands: () => readonly Command[]): Command {
  return {
    path: ["completion"],
    summary: "Print the completion script of a shell",
    args: [{ name: "SHELL", summary: "bash, zsh or powershell", completion: Object.keys(SHELLS) }],
    flags: [],
    examples: [
      'eval "$(pilothouse completion bash)"',
      "pilothouse completion zsh > ~/.zfunc/_pilothouse",
      "pilothouse completion powershell | Out-String | Invoke-Expression",
    ],
    async run(call) {
      const shell = call.text("SHELL");
      if (!Object.hasOwn(SHELLS, shell)) {
        const expected = Object.keys(SHELLS).join(", ");
        throw new AppError("usage.invalid", `There is no completion for ${shell}; there is for ${expected}`, {
          details: { argument: "SHELL", problem: `is ${shell}`, expected },
        });
      }
      const script = SHELLS[shell as keyof typeof SHELLS](entriesOf(commands()));
      await call.answer({ shell, script }, script);
      return 0;
    },
  };
}

/** What may follow a beginning of words, in any order. */
interface Entry {
  /** Words already typed, joined by a space; empty at the start. */
  readonly after: string;
  readonly words: readonly string[];
}

function entriesOf(commands: readonly Command[]): Entry[] {
  const groups = Map.groupBy(
    commands.filter(({ path }) => path.length > 1),
    ({ path }) => path[0] ?? "",
  );
  const common = COMMON_FLAGS.map(({ name }) => `--${name}`);
  const entries = [
    { after: "", words: [...new Set(commands.map(({ path }) => path[0] ?? "")), "help"] },
    ...[...groups].map(([after, members]) => ({ after, words: members.map(({ path }) => path[1] ?? "") })),
    ...commands.map((command) => ({
      after: nameOf(command),
      words: [...command.flags.map(({ name }) => `--${name}`), ...common, ...choicesOf(command)],
    })),
  ];
  // A command can have others below it: both kinds of words may follow.
  return [...Map.groupBy(entries, ({ after }) => after)].map(([after, same]) => ({
    after,
    words: same.flatMap(({ words }) => words),
  }));
}

function choicesOf(command: Command): string[] {
  return [...command.args, ...command.flags].flatMap(({ completion }) =>
    completion === undefined || typeof completion === "string" ? [] : [...completion],
  );
}

/** Files and folders complete beside the words, because many arguments are paths. */
function bash(entries: readonly Entry[]): string {
  return `# Completion of pilothouse for bash
_pilothouse() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" path="" i
  for ((i = 1; i < COMP_CWORD && i < 3; i++)); do
    [[ "\${COMP_WORDS[i]}" == -* ]] || path="\${path:+$path }\${COMP_WORDS[i]}"
  done
  case "$path" in
${cases(entries, '"', ")")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -n "$path" && "$current" != -* ]] && COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _pilothouse pilothouse`;
}

function zsh(entries: readonly Entry[]): string {
  return `#compdef pilothouse
# Completion of pilothouse for zsh
_pilothouse() {
  local typed="\${words[2,CURRENT-1]}" list=""
  case "$typed" in
${cases(entries, '"', ")").replaceAll("words=", "list=")}
  esac
  compadd -- \${=list}
  [[ -n "$typed" ]] && _files
}
compdef _pilothouse pilothouse`;
}

/** Longer beginnings first: the first pattern that fits wins. */
function cases(entries: readonly Entry[], quote: string, close: string): string {
  return entries
    .toSorted((a, b) => b.after.length - a.after.length)
    .map(({ after, words }) => {
      const pattern = after === "" ? `${quote}${quote}` : `${quote}${after}${quote}*`;
      return `    ${pattern}${close} words=${quote}${words.join(" ")}${quote} ;;`;
    })
    .join("\n");
}

function powershell(entries: readonly Entry[]): string {
  const lines = entries
    .toSorted((a, b) => b.after.length - a.after.length)
    .map(({ after, words }) => `    @{ After = '${after}'; Words = '${words.join(" ")}' }`);
  return `# Completion of pilothouse for PowerShell
Register-ArgumentCompleter -Native -CommandName pilothouse -ScriptBlock {
  param($word, $ast, $position)
  $entries = @(
${lines.join("\n")}
  )
  $typed = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }
  $path = $typed -join ' '
  $entry = $entries | Where-Object { $_.After -eq '' -or $path.StartsWith($_.After) } | Select-Object -First 1
  $entry.Words -split ' ' | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_)
  }
}`;
}
