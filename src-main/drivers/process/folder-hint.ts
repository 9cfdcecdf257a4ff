import { type FSWatcher, watch } from "node:fs";
import type { Clock } from "#core/clock.ts";

/**
 * Wakes its owner when something may have changed in a folder: at a hint of the system, and at the latest
 * after the poll time, because hints get lost.
 */
export class FolderHint {
  readonly #clock: Clock;
  readonly #watcher: FSWatcher | null;
  #isHinted = false;
  #wake: (() => void) | null = null;

  constructor(folder: string, clock: Clock) {
    this.#clock = clock;
    this.#watcher = this.#watch(folder);
  }

  /** Resolves at the next hint, at once if one came since the last call, or after `limitMs`. */
  async next(limitMs: number): Promise<void> {
    if (!this.#isHinted) {
      const woken = Promise.withResolvers<void>();
      this.#wake = woken.resolve;
      const timer = this.#clock.after(limitMs, woken.resolve);
      await woken.promise;
      timer.cancel();
      this.#wake = null;
    }
    this.#isHinted = false;
  }

  wake(): void {
    this.#isHinted = true;
    this.#wake?.();
  }

  close(): void {
    this.#watcher?.close();
    this.wake();
  }

  #watch(folder: string): FSWatcher | null {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.wake());
      // The watch ended, e.g. with its folder; polling goes on.
      watcher.on("error", () => watcher.close());
      return watcher;
    } catch {
      // No watches left on this system: the poll does alone.
      return null;
    }
  }
}
