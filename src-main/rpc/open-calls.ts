/** How long a closing server waits for the calls that it is answering. */
const FINISH_MS = 500;

/** Counts the queries and mutations that are being answered, so that a server can end between them. */
export class OpenCalls {
  #count = 0;
  #onIdle: () => void = () => undefined;

  begin(): Disposable {
    this.#count += 1;
    return {
      [Symbol.dispose]: () => {
        this.#count -= 1;
        if (this.#count === 0) this.#onIdle();
      },
    };
  }

  /** Waits for what has begun; resolves to false when a call was not answered in time. */
  async finish(): Promise<boolean> {
    // What has arrived begins within this turn, and an answer is sent in the turn in which its call ends.
    await nextTurn();
    if (this.#count > 0) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, FINISH_MS);
        this.#onIdle = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    await nextTurn();
    return this.#count === 0;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
