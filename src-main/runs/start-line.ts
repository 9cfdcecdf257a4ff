/**
 * Lets a bounded number of starts go on at once, first come, first served, so that a thousand runs asked for
 * at the same moment do not fight for the machine.
 */
export class StartLine {
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `task` as soon as there is room. `task` must not reject. */
  join(task: () => Promise<void>): void {
    this.#waiting.push(task);
    this.#next();
  }

  /** Forgets everybody who still waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #next(): void {
    if (this.#running >= this.#limit) return;
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#running += 1;
    void task().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }
}
