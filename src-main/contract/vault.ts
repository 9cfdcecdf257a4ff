import { z } from "zod";

/** Where values of credentials may lie. There is no store in plain text. */
export const SECRET_STORES = ["keychain", "passphrase"] as const;
export const secretStoreSchema = z.enum(SECRET_STORES);
export type SecretStoreKind = z.infer<typeof secretStoreSchema>;

/**
 * - `unlocked`: values can be read and written
 * - `locked`: there, and asks for its owner first; says nothing about what it holds
 * - `absent`: no such store on this computer, or none was made yet
 * - `hung`: asked, and silent for 2 s
 * - `denied`: there, and refuses this program
 */
export const VAULT_STATES = ["unlocked", "locked", "absent", "hung", "denied"] as const;
export type VaultState = (typeof VAULT_STATES)[number];

/** What mends a state: what the window's button does and the command line advises. */
export const VAULT_ACTIONS = ["none", "unlock", "create", "start-keyring", "wait", "check-access"] as const;
export type VaultAction = (typeof VAULT_ACTIONS)[number];

/** One store as it was when it was last asked. */
export interface StoreReport {
  readonly store: SecretStoreKind;
  readonly state: VaultState;
  /** Why it is not unlocked, English; empty when it is. */
  readonly problem: string;
  readonly action: VaultAction;
}

/** The stores, and which of them new values go to. */
export interface VaultStatus {
  /** A person's choice; the keychain until somebody chose. Never changed by the program itself. */
  readonly chosen: SecretStoreKind;
  readonly stores: readonly StoreReport[];
  readonly atMs: number;
  /** Time until the next passphrase is tried at all, after wrong ones; 0 for at once. */
  readonly waitMs: number;
}

const LEAST_PASSPHRASE = 8;
const MOST_PASSPHRASE = 1_024;

export const unlockVaultSchema = z.object({
  store: secretStoreSchema.optional(),
  /** For the passphrase vault; the keychain asks its owner itself. */
  passphrase: z.string().max(MOST_PASSPHRASE).optional(),
});
export type UnlockVault = z.infer<typeof unlockVaultSchema>;

export const createVaultSchema = z.object({
  passphrase: z
    .string()
    .min(LEAST_PASSPHRASE, `at least ${LEAST_PASSPHRASE} characters`)
    .max(MOST_PASSPHRASE),
});
export type CreateVault = z.infer<typeof createVaultSchema>;

export const chooseStoreSchema = z.object({ store: secretStoreSchema });
export type ChooseStore = z.infer<typeof chooseStoreSchema>;
