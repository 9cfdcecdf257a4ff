import { once } from "node:events";
import type { Writable } from "node:stream";
import { visibleJson, visibleLines, visibleText } from "#core/visible-text.ts";

const COLOURS = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90 } as const;
export type Colour = keyof typeof COLOURS;

/** An output stream of a process; `isTTY` is true when a person looks at it. */
export type OutputStream = Writable & { readonly isTTY?: boolean };

export interface TerminalDeps {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Where a command writes. Waits for a slow reader instead of filling memory, and takes a reader that went
 * away (`| head`) as the end of the command, not as a failure.
 */
export class Terminal {
  /** Whether a person is looking. */
  readonly isInteractive: boolean;
  /** Aborted once nobody reads the output any more. */
  readonly closed: AbortSignal;
  readonly #deps: TerminalDeps;
  readonly #hasColour: boolean;

  constructor(deps: TerminalDeps) {
    this.#deps = deps;
    this.isInteractive = deps.stdout.isTTY === true;
    const { NO_COLOR: noColour, TERM: term } = deps.env;
    this.#hasColour = this.isInteractive && !noColour && term !== "dumb";
    const controller = new AbortController();
    this.closed = controller.signal;
    // EPIPE, or a terminal that was closed: whatever it is, nobody can be told.
    deps.stdout.on("error", () => controller.abort());
    deps.stderr.on("error", () => undefined);
  }

  /**
   * Writes a line, or several; resolves when the reader keeps up. Whoever the text comes from, nothing in it acts on
   * the terminal: of all sequences only those that colour are obeyed.
   */
  line(text: string): Promise<void> {
    return this.bytes(`${this.#visible(text)}\n`);
  }

  /** Writes a document as one line of JSON. */
  document(value: unknown): Promise<void> {
    return this.bytes(`${visibleJson(value)}\n`);
  }

  /** Writes what the caller answers for. */
  async bytes(data: string | Uint8Array): Promise<void> {
    if (this.closed.aborted) return;
    const { stdout } = this.#deps;
    if (stdout.write(data)) return;
    // Rejects when the reader goes away while we wait; `closed` says so.
    await once(stdout, "drain", { signal: this.closed }).catch(() => undefined);
  }

  /** Writes one line about what is going on, beside the answer. */
  note(text: string): void {
    this.#deps.stderr.write(`${this.#visible(text)}\n`);
  }

  colour(text: string, colour: Colour | null): string {
    return this.#hasColour && colour !== null ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  }

  #visible(text: string): string {
    return visibleLines(text, this.#hasColour ? "kept" : "dropped");
  }

  /** Resolves when everything that was written has left the process. */
  async flush(): Promise<void> {
    for (const stream of [this.#deps.stdout, this.#deps.stderr]) {
      if (stream.destroyed || stream.writableLength === 0) continue;
      await new Promise<void>((resolve) => stream.write("", () => resolve()));
    }
  }
}

/** Text of an agent for one line of an answer: whatever is in it can only be looked at. */
export function harmless(text: string): string {
  return visibleText(text);
}
