import type { CredentialKind, CredentialName, CredentialUse } from "#contract/credential.ts";
import type { AgentName } from "#contract/ids.ts";
import type { SecretStoreKind } from "#contract/vault.ts";

/** Where one field's value lies. */
export interface StoredField {
  readonly name: string;
  /** Name of the value in its store; every new value gets a new one. */
  readonly item: string;
  readonly isSecret: boolean;
  readonly isMaskable: boolean;
  readonly changedAtMs: number;
}

/** A credential as the database knows it: everything but the values. */
export interface StoredCredential {
  readonly name: CredentialName;
  readonly kind: CredentialKind;
  readonly label: string;
  readonly store: SecretStoreKind;
  readonly fields: readonly StoredField[];
  readonly allowedAgents: readonly AgentName[];
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

/** A value in a store that no credential needs, or does not need yet. */
export interface Leftover {
  readonly store: SecretStoreKind;
  readonly item: string;
}

/**
 * Credentials in the database. Every write is one transaction, durable when the call returns.
 *
 * A value is written into its store between `addLeftovers` and `save`, so that whatever a crash leaves there is
 * known and can be deleted.
 */
export interface CredentialRecords {
  all(): readonly StoredCredential[];
  find(name: CredentialName): StoredCredential | null;
  addLeftovers(leftovers: readonly Leftover[]): void;
  /** Stores the credential. Its items are no leftovers from now on; those it had before and has no more are. */
  save(credential: StoredCredential): void;
  /** Forgets the credential; its items become leftovers. */
  remove(name: CredentialName): void;
  leftovers(store: SecretStoreKind): readonly string[];
  forgetLeftover(leftover: Leftover): void;
  /** Keeps the latest use per agent and target. */
  markUsed(name: CredentialName, use: CredentialUse): void;
  /** Newest first. */
  uses(name: CredentialName): readonly CredentialUse[];
  /** A fact about the vault, e.g. which store was chosen. */
  fact(key: string): string | null;
  setFact(key: string, value: string): void;
}
