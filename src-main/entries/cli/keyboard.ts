import type { ReadStream, WriteStream } from "node:tty";

/** Standard input: what a person types, or what another program sends. */
export type InputStream = Pick<ReadStream, "on" | "off" | "pause"> &
  AsyncIterable<Buffer | string> & {
    readonly isTTY?: boolean;
    setRawMode?(isRaw: boolean): unknown;
  };

export interface KeyboardDeps {
  readonly input: InputStream;
  /** Whose size the program inside is told. */
  readonly output: Pick<WriteStream, "on" | "off"> & {
    readonly columns?: number;
    readonly rows?: number;
  };
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What is typed, and on which size of a terminal. */
export class Keyboard {
  readonly #deps: KeyboardDeps;

  constructor(deps: KeyboardDeps) {
    this.#deps = deps;
  }

  /** Null where no person sits at a terminal. */
  get size(): TerminalSize | null {
    const { columns, rows } = this.#deps.output;
    return columns === undefined || rows === undefined ? null : { columns, rows };
  }

  /**
   * Every byte to the end of the input. With `isRaw` the terminal does nothing with a key by itself: Ctrl-C is a byte
   * like every other.
   */
  async *bytes({ isRaw }: { readonly isRaw: boolean }): AsyncGenerator<Buffer> {
    const { input } = this.#deps;
    const sets = isRaw && input.isTTY === true;
    if (sets) input.setRawMode?.(true);
    try {
      for await (const piece of input) yield Buffer.from(piece);
    } finally {
      this.letGo();
    }
  }

  onResize(tell: (size: TerminalSize) => void): Disposable {
    const { output } = this.#deps;
    const hear = () => {
      if (this.size !== null) tell(this.size);
    };
    output.on("resize", hear);
    return { [Symbol.dispose]: () => output.off("resize", hear) };
  }

  /** The terminal is as before, and nothing more is read. */
  letGo(): void {
    const { input } = this.#deps;
    if (input.isTTY === true) input.setRawMode?.(false);
    input.pause();
  }
}
