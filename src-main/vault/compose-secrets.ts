import type { CoreEvent } from "#contract/events.ts";
import type { Clock } from "#core/clock.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import { CredentialFiles } from "./credential-files.ts";
import type { CredentialRecords } from "./credential-records.ts";
import { Credentials, type UsageSource } from "./credentials.ts";
import { HandOver } from "./hand-over.ts";
import { KeychainStore, type KeychainStoreDeps } from "./keychain/keychain-store.ts";
import { type LoginRequest, loginHeaders } from "./login-headers.ts";
import { PassphraseStore } from "./passphrase/passphrase-store.ts";
import { SecretClipboard } from "./secret-clipboard.ts";
import type { VariableRecords } from "./variable-records.ts";
import { Variables } from "./variables.ts";
import { Vault } from "./vault.ts";

export interface SecretPartsDeps {
  readonly records: CredentialRecords;
  readonly variables: VariableRecords;
  readonly usage: UsageSource;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  /** User of the operating system. */
  readonly who: string;
  readonly publish: (event: CoreEvent) => void;
  readonly vaultFile: string;
  readonly newVaultId: () => string;
  readonly keychain: Omit<KeychainStoreDeps, "clock" | "vaultId">;
}

const VAULT_ID = "vault-id";

/** Everything about secrets, put together. Builds and touches nothing. */
export function composeSecrets(deps: SecretPartsDeps) {
  const { clock, keychain: system, newVaultId, records, vaultFile } = deps;
  const vaultId = () => {
    const known = records.fact(VAULT_ID);
    if (known !== null) return known;
    const fresh = newVaultId();
    records.setFact(VAULT_ID, fresh);
    return fresh;
  };
  const keychain = new KeychainStore({ ...system, clock, vaultId });
  const passphrase = new PassphraseStore({ file: vaultFile, clock });
  const vault = new Vault({ ...deps, keychain, passphrase });
  const credentials = new Credentials({ ...deps, vault });
  const files = new CredentialFiles({ ...deps, credentials });
  const clipboard = new SecretClipboard({ ...deps, ...system, credentials });
  return {
    vault,
    handOver: new HandOver({ ...deps, vault }),
    loginHeaders: (request: LoginRequest) => loginHeaders({ ...deps, vault }, request),
    variables: new Variables({ ...deps, records: deps.variables }),
    credentials: {
      list: credentials.list.bind(credentials),
      get: credentials.get.bind(credentials),
      set: credentials.set.bind(credentials),
      change: credentials.change.bind(credentials),
      rotate: credentials.rotate.bind(credentials),
      remove: credentials.remove.bind(credentials),
      readEnvNames: files.readEnvNames.bind(files),
      importEnv: files.importEnv.bind(files),
      importFile: files.importFile.bind(files),
      copy: clipboard.copy.bind(clipboard),
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await clipboard[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}
export type SecretParts = ReturnType<typeof composeSecrets>;
