import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseCursor, spoolFileName, spoolFileNumbers } from "#core/spool/cursor.ts";

/** Removes the files of a spool that were read and stored, one acknowledgement after the other. */
export class SpoolForgetting {
  readonly #folder: string;
  #forgetting: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What stands before the cursor is stored elsewhere. */
  acknowledge(cursor: string): void {
    const place = parseCursor(cursor);
    if (place === null || place.file === 1) return;
    this.#forgetting = this.#forgetting.then(() => this.#forgetBefore(place.file));
  }

  /** Resolves once everything acknowledged so far is gone. */
  done(): Promise<void> {
    return this.#forgetting;
  }

  async #forgetBefore(file: number): Promise<void> {
    const folder = this.#folder;
    try {
      const numbers = spoolFileNumbers(await readdir(folder)).filter((number) => number < file);
      await Promise.all(numbers.map((number) => rm(join(folder, spoolFileName(number)), { force: true })));
    } catch {
      // They go with the next acknowledgement, or with the run's folder.
    }
  }
}
