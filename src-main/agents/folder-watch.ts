import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Clock, Timer } from "#core/clock.ts";
import { MANIFEST_FILE } from "./manifest-file.ts";

/** Editors save in several steps; this is longer than they need. */
const SETTLE_MS = 100;

/** How often is looked without being told: network drives tell nothing, and a folder may be made anew. */
export const CHECK_EVERY_MS = 5000;

export interface FolderWatchDeps {
  readonly folder: string;
  readonly clock: Clock;
  /** Looks at the manifest; called for one change at a time, and now and then without one. Must not throw. */
  readonly look: () => Promise<void>;
}

/**
 * Calls `look` soon after the manifest of one folder may have changed, and every few seconds anyway.
 *
 * The system's hints make it fast, the regular look makes it right: a folder that is deleted and made again,
 * a system without room for one more watch, and a drive without hints only make it slower. A look that hangs
 * on a dead drive is waited for, and no second one begins.
 */
export class FolderWatch {
  readonly #deps: FolderWatchDeps;
  #watcher: FSWatcher | null = null;
  #watched = "";
  #settling: Timer | null = null;
  #regular: Timer | null = null;
  #looking: Promise<void> | null = null;
  #isHinted = false;
  #isClosed = false;

  constructor(deps: FolderWatchDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.#renew();
    this.#armRegular();
  }

  close(): void {
    this.#isClosed = true;
    this.#settling?.cancel();
    this.#regular?.cancel();
    this.#dropWatcher();
  }

  #armRegular(): void {
    if (this.#isClosed) return;
    this.#regular = this.#deps.clock.after(CHECK_EVERY_MS, () => {
      void this.#lookNow().then(() => this.#armRegular());
    });
  }

  #hint(): void {
    if (this.#isClosed) return;
    this.#settling?.cancel();
    this.#settling = this.#deps.clock.after(SETTLE_MS, () => void this.#lookNow());
  }

  async #lookNow(): Promise<void> {
    if (this.#looking !== null) {
      // The look under way may have passed the change already.
      this.#isHinted = true;
      return;
    }
    this.#looking = this.#lookUntilQuiet();
    try {
      await this.#looking;
    } finally {
      this.#looking = null;
    }
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#isHinted = false;
      await this.#renew();
      if (!this.#isClosed) await this.#deps.look();
    } while (this.#isHinted && !this.#isClosed);
  }

  /** Watches the folder that has the name now, if that is another one than before. */
  async #renew(): Promise<void> {
    const identity = await stat(this.#deps.folder, { bigint: true }).then(
      ({ dev, ino }) => `${dev}:${ino}`,
      // A folder that is gone is noticed by the look.
      () => "",
    );
    if (this.#isClosed || (identity === this.#watched && this.#watcher !== null)) return;
    this.#dropWatcher();
    this.#watched = identity;
    if (identity === "") return;
    try {
      this.#watcher = watch(this.#deps.folder, { persistent: false }, (_kind, name) => this.#onHint(name));
      this.#watcher.on("error", () => this.#dropWatcher());
    } catch {
      // No watch is to be had (their number is limited); the regular look goes on.
      this.#dropWatcher();
    }
  }

  #onHint(name: string | null): void {
    // A folder that is moved or deleted is reported under its own name.
    if (name === null || name === MANIFEST_FILE || name === basename(this.#deps.folder)) this.#hint();
  }

  #dropWatcher(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#watched = "";
  }
}
