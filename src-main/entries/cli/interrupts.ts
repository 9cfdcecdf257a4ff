export type Interrupt = "SIGINT" | "SIGTERM" | "SIGHUP";

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The command was interrupted from outside; not a failure of ours. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(interrupt: Interrupt) {
    super(`interrupted by ${interrupt}`);
    this.exitCode = EXIT_CODES[interrupt];
  }
}

/** Ctrl-C and its relatives. Without a listener they end the command; with one, the listener decides. */
export class Interrupts {
  /** Rejects with `Interrupted` when the command is to end. */
  readonly interrupted: Promise<never>;
  #end: (error: Interrupted) => void = () => undefined;
  #listener: ((interrupt: Interrupt) => void) | null = null;

  constructor() {
    this.interrupted = new Promise((_resolve, reject) => {
      this.#end = reject;
    });
    // Nobody may be waiting yet; main always does in the end.
    this.interrupted.catch(() => undefined);
  }

  raise(interrupt: Interrupt): void {
    if (this.#listener === null) this.end(interrupt);
    else this.#listener(interrupt);
  }

  /** Ends the command, as if nobody listened. */
  end(interrupt: Interrupt): void {
    this.#end(new Interrupted(interrupt));
  }

  listen(listener: (interrupt: Interrupt) => void): Disposable {
    this.#listener = listener;
    return {
      [Symbol.dispose]: () => {
        this.#listener = null;
      },
    };
  }
}
