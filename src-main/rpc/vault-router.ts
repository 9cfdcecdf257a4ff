import type { Door } from "#contract/run.ts";
import {
  type ChooseStore,
  type CreateVault,
  chooseStoreSchema,
  createVaultSchema,
  type UnlockVault,
  unlockVaultSchema,
  type VaultStatus,
} from "#contract/vault.ts";
import { procedure, router } from "./base.ts";

/** What the vault router asks of the core. Every change is on the audit trail before it happens. */
export interface VaultFace {
  /** Asks every store now; takes at most 2 s, whatever hangs. */
  status(): Promise<VaultStatus>;
  /**
   * Opens a store, the chosen one when none is named. The keychain asks its owner in a window of the system
   * and answers when that is closed.
   *
   * @throws AppError `vault.wrong_passphrase`, `vault.too_many_attempts`, `vault.damaged`, `vault.absent`,
   * `vault.denied`, `vault.hung`
   */
  unlock(request: UnlockVault, door: Door): Promise<VaultStatus>;
  /** Forgets the passphrase vault's key, or asks the keychain to lock. */
  lock(request: Partial<ChooseStore>, door: Door): Promise<VaultStatus>;
  /** Makes the passphrase vault, unlocked, and chooses it. @throws AppError `vault.exists`, `data.*` */
  create(request: CreateVault, door: Door): Promise<VaultStatus>;
  /** Says where new values go. Values that are stored stay where they are. */
  choose(request: ChooseStore, door: Door): Promise<VaultStatus>;
}

export function createVaultRouter(vault: VaultFace) {
  return router({
    status: procedure.query(() => vault.status()),
    unlock: procedure.input(unlockVaultSchema).mutation(({ input, ctx }) => vault.unlock(input, ctx.door)),
    lock: procedure
      .input(chooseStoreSchema.partial())
      .mutation(({ input, ctx }) =>
        vault.lock(input.store === undefined ? {} : { store: input.store }, ctx.door),
      ),
    create: procedure.input(createVaultSchema).mutation(({ input, ctx }) => vault.create(input, ctx.door)),
    choose: procedure.input(chooseStoreSchema).mutation(({ input, ctx }) => vault.choose(input, ctx.door)),
  });
}
