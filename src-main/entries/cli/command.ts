import type { Clock } from "#core/clock.ts";
import type { DataFolder, FolderPlace } from "#main/platform/index.ts";
import type { CoreLink } from "./core-link.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Terminal } from "./terminal.ts";

/** What a word or a flag's value can be completed with. */
export type Completion = "agent" | "run" | "target" | "folder" | "file" | readonly string[];

/** A word after the command's name. */
export interface Argument {
  readonly name: string;
  /** Takes this word and all that follow; only the last argument can. */
  readonly isMany?: boolean;
  readonly summary: string;
  readonly completion?: Completion;
}

export interface Flag {
  readonly name: string;
  readonly summary: string;
  /** Name of its value in the help; absent for a flag that is there or not. */
  readonly value?: string;
  readonly completion?: Completion;
  /** May be given several times; its values are separated by commas. */
  readonly isRepeated?: boolean;
}

/** One command: help, parsing, examples and completion are all made from this. */
export interface Command {
  /** Words that name it, e.g. `["agent", "add"]`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** More to know, for the command's own help. */
  readonly notes?: readonly string[];
  /** All are required. */
  readonly args: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** It reads a secret; a word too many may be one and is not repeated in any message. */
  readonly takesSecret?: boolean;
  /** Returns the exit code. Failures are thrown as `AppError`. */
  run(call: Call): Promise<number>;
}

/** One call of a command. */
export interface Call {
  /** Value of an argument, or of a flag that was given; empty when it was not. */
  text(name: string): string;
  /** Values of the argument that takes many. */
  texts(name: string): readonly string[];
  has(flag: string): boolean;
  readonly isJson: boolean;
  /**
   * A secret from standard input: typed unseen where a person sits, otherwise everything up to its end. Of a
   * single line, the line end is left out.
   */
  readSecret(prompt: string): Promise<string>;
  /** Whether a person sits at standard input and can be asked. */
  readonly hasPerson: boolean;
  readonly terminal: Terminal;
  readonly keyboard: Keyboard;
  readonly clock: Clock;
  readonly data: DataFolder;
  readonly place: FolderPlace;
  readonly interrupts: Interrupts;
  /** Attaches to the core of the data folder, or starts one that lives as long as this call. */
  link(): Promise<CoreLink>;
  /** Attaches to the core that runs. @throws AppError `core.unreachable` when there is none */
  attach(): Promise<CoreLink>;
  /** Prints the one JSON document of the command, or what people read. */
  answer(document: unknown, text: string): Promise<void>;
}

/** Flags that every command takes. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "data", value: "DIR", summary: "Data folder to use", completion: "folder" },
  { name: "json", summary: "Print JSON: one document, or one per line for streams" },
  { name: "help", summary: "Show this help" },
];

export function nameOf(command: Command): string {
  return command.path.join(" ");
}
