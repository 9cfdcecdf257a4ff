import type { SecretStoreKind, StoreReport } from "#contract/vault.ts";

/**
 * Keeps values under names. What every store promises (`tests/contract/secret-store-contract.ts`):
 *
 * 1. `look` answers within 2 s, whatever hangs, tells the five states apart and changes nothing.
 * 2. `get` answers null only when the store is unlocked and has no such item: a locked, hung or absent store throws.
 * 3. `set` resolves when reading back gave the same value; when it throws, an item of that name that was there
 *    before is still whole.
 * 4. `delete` resolves when reading back found nothing. Deleting what is not there is no failure.
 * 5. Values come back exactly as they were, up to `LONGEST_VALUE_BYTES`, whatever one item of the system takes.
 * 6. No value is in an error, an argument list or a file that is not the store's own.
 *
 * Failures are `vault.locked`, `vault.absent`, `vault.hung`, `vault.denied`, `vault.damaged` and `vault.failed`.
 */
export interface SecretStore {
  readonly kind: SecretStoreKind;
  look(): Promise<StoreReport>;
  get(item: string): Promise<string | null>;
  set(item: string, value: string): Promise<void>;
  delete(item: string): Promise<void>;
  /** Opens the store; `passphrase` is for those that take one. Resolves when it is unlocked. */
  unlock(passphrase: string | undefined): Promise<void>;
  lock(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long a store may take to say how it is; leaves room for the rest of an answer within 2 s. */
export const LOOK_MS = 1_500;
