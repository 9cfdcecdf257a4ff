import type { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { SecretStoreKind } from "#contract/vault.ts";
import { stateOf } from "#main/vault/index.ts";
import type { RunBook } from "./run-book.ts";
import type { RunRecords } from "./run-records.ts";
import type { SecretSource } from "./sources.ts";

export interface StoreWaitsDeps {
  readonly book: RunBook;
  readonly records: Pick<RunRecords, "find">;
  readonly secrets: Pick<SecretSource, "untilUnlocked">;
  /** Aborts when the core closes; the next one takes the runs up again. */
  readonly signal: AbortSignal;
  /** The run is `queued` again. */
  readonly onOpen: (id: RunId) => void;
}

/** Runs that wait for a store of secrets, say so, and go on by themselves once it is open. */
export class StoreWaits {
  readonly #deps: StoreWaitsDeps;

  constructor(deps: StoreWaitsDeps) {
    this.#deps = deps;
  }

  /** A person who asked for its end, and a core that closes, outweigh the wait. */
  mayWait(id: RunId): boolean {
    return !this.#deps.signal.aborted && this.#deps.book.get(id).stopIntent === null;
  }

  async wait(id: RunId, { error, store }: { error: AppError; store: SecretStoreKind }): Promise<void> {
    const { book, onOpen, records, secrets, signal } = this.#deps;
    const details = { store, state: stateOf(error), problem: String(error.details["problem"] ?? "") };
    book.change(id, { state: "needs-attention", reason: { code: "vault-unavailable", details } });
    try {
      await secrets.untilUnlocked(store, signal);
    } catch (reason) {
      if (signal.aborted) return;
      throw reason;
    }
    // Somebody may have stopped it, or forgotten it, meanwhile.
    if (records.find(id)?.run.state !== "needs-attention") return;
    book.change(id, { state: "queued", reason: null });
    onOpen(id);
  }
}
