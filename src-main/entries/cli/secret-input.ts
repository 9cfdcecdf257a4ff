import { LONGEST_VALUE_BYTES } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Terminal } from "./terminal.ts";

/** Standard input of a process: a terminal, a pipe or a file. */
export type SecretStream = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

export interface SecretInputDeps {
  readonly input: SecretStream;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

const KEYS = { enter: ["\r", "\n", "\u0004"], erase: ["\u007f", "\b"], interrupt: "\u0003" };

/** @throws AppError `usage.invalid` when nothing comes, or more than any value may have */
export async function readSecret(deps: SecretInputDeps, prompt: string): Promise<string> {
  const text = deps.input.isTTY === true ? await typed(deps, prompt) : await piped(deps.input);
  const value = withoutLineEnd(text);
  if (value === "") throw refused("is empty");
  return value;
}

/** One line loses its end, as `echo` adds one; of several lines, such as a key, the last one keeps it. */
function withoutLineEnd(text: string): string {
  const line = text.replace(/\r?\n$/, "");
  return line.includes("\n") ? text : line;
}

async function piped(input: SecretStream): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece);
    sizeBytes += bytes.length;
    // Room for the line end that is left out.
    if (sizeBytes > LONGEST_VALUE_BYTES + 2) throw refused(`has more than ${LONGEST_VALUE_BYTES} bytes`);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Nothing that is typed is shown. */
function typed({ input, interrupts, terminal }: SecretInputDeps, prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const finish = (then: () => void) => {
      input.off("data", hear);
      input.setRawMode?.(false);
      input.pause();
      terminal.note("");
      then();
    };
    /** False when nothing more is to be read. */
    const take = (key: string): boolean => {
      if (key === KEYS.interrupt) finish(() => interrupts.raise("SIGINT"));
      else if (KEYS.enter.includes(key)) finish(() => resolve(text));
      else text = KEYS.erase.includes(key) ? [...text].slice(0, -1).join("") : text + key;
      return key !== KEYS.interrupt && !KEYS.enter.includes(key);
    };
    const hear = (data: Buffer | string) => {
      const keys = [...data.toString()];
      const end = keys.findIndex((key) => KEYS.enter.includes(key));
      // Pasted with lines behind the first one: half a key would be stored, and the rest typed into what comes next.
      if (end >= 0 && keys.slice(end + 1).some((key) => !KEYS.enter.includes(key))) {
        finish(() => reject(refused("has more than one line; give it as a file: < FILE")));
        return;
      }
      keys.every(take);
    };
    terminal.note(prompt);
    input.setRawMode?.(true);
    input.on("data", hear);
    input.resume();
  });
}

function refused(problem: string): AppError {
  return new AppError("usage.invalid", `The value on standard input ${problem}`, {
    details: { argument: "standard input", problem, expected: "a value" },
  });
}
