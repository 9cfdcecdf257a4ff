import type { Clock } from "#core/clock.ts";

/** The disk did not answer in time. */
export class DiskSilent extends Error {
  override readonly name = "DiskSilent";

  constructor() {
    super("the disk of the vault file does not answer");
  }
}

/**
 * Asks a disk that may never answer, such as one behind a network. Nobody waits longer than the limit, and while a
 * question is overdue no further one is put: each would hold one of the few threads that all files share.
 */
export class PatientDisk {
  readonly #clock: Clock;
  #isOverdue = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was begun goes on after the limit; nothing else begins before it is over. @throws DiskSilent */
  async ask<T>(limitMs: number, question: () => Promise<T>): Promise<T> {
    if (this.#isOverdue) throw new DiskSilent();
    const late = Promise.withResolvers<never>();
    const answer = question();
    const timer = this.#clock.after(limitMs, () => {
      this.#isOverdue = true;
      const over = () => {
        this.#isOverdue = false;
      };
      answer.then(over, over);
      late.reject(new DiskSilent());
    });
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      timer.cancel();
    }
  }
}
