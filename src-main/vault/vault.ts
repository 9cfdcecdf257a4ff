import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { Door } from "#contract/run.ts";
import {
  type ChooseStore,
  type CreateVault,
  SECRET_STORES,
  type SecretStoreKind,
  type StoreReport,
  secretStoreSchema,
  type UnlockVault,
  type VaultStatus,
} from "#contract/vault.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { CredentialRecords } from "./credential-records.ts";
import type { SecretStore } from "./secret-store.ts";

const CHOSEN = "chosen-store";
/** A keyring is unlocked outside of this program too; while somebody waits for that, it is asked this often. */
const WATCH_MS = 2_000;

/** The store that a person makes. */
export interface PassphraseVault extends SecretStore {
  create(passphrase: string): Promise<void>;
  waitMs(): Promise<number>;
}

export interface VaultDeps {
  readonly keychain: SecretStore;
  readonly passphrase: PassphraseVault;
  readonly records: Pick<CredentialRecords, "fact" | "setFact">;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
}

/**
 * The stores of secrets and which of them is used. The choice is a person's: nothing here ever takes another
 * store because the chosen one is not to be had.
 */
export class Vault {
  readonly #deps: VaultDeps;
  readonly #waiting = new Map<SecretStoreKind, Set<() => void>>();
  #watch: Timer | null = null;

  constructor(deps: VaultDeps) {
    this.#deps = deps;
  }

  get chosen(): SecretStoreKind {
    return secretStoreSchema.safeParse(this.#deps.records.fact(CHOSEN)).data ?? "keychain";
  }

  store(kind: SecretStoreKind): SecretStore {
    return kind === "keychain" ? this.#deps.keychain : this.#deps.passphrase;
  }

  async status(): Promise<VaultStatus> {
    const { clock, passphrase } = this.#deps;
    const stores = await Promise.all(SECRET_STORES.map((kind) => this.store(kind).look()));
    this.#wake(stores);
    return { chosen: this.chosen, stores, atMs: clock.nowMs(), waitMs: await passphrase.waitMs() };
  }

  async unlock({ store, passphrase }: UnlockVault, door: Door): Promise<VaultStatus> {
    const kind = store ?? this.chosen;
    const act = { door, action: "vault.unlock", subject: kind } as const;
    await this.#deps.audit.around(act, () => this.store(kind).unlock(passphrase));
    return await this.#changed();
  }

  async lock({ store }: Partial<ChooseStore>, door: Door): Promise<VaultStatus> {
    const kind = store ?? this.chosen;
    const act = { door, action: "vault.lock", subject: kind } as const;
    await this.#deps.audit.around(act, () => this.store(kind).lock());
    return await this.#changed();
  }

  async create({ passphrase }: CreateVault, door: Door): Promise<VaultStatus> {
    const { audit, records } = this.#deps;
    await audit.around({ door, action: "vault.create", subject: "passphrase" }, async () => {
      await this.#deps.passphrase.create(passphrase);
      records.setFact(CHOSEN, "passphrase");
    });
    return await this.#changed();
  }

  async choose({ store }: ChooseStore, door: Door): Promise<VaultStatus> {
    const { audit, records } = this.#deps;
    await audit.around({ door, action: "vault.choose", subject: store }, async () => {
      records.setFact(CHOSEN, store);
    });
    return await this.#changed();
  }

  /** Resolves once the store is unlocked, by whomever. @throws AppError `run.cancelled` when `signal` aborts */
  async untilUnlocked(kind: SecretStoreKind, signal: AbortSignal): Promise<void> {
    const unlocked = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(kind) ?? new Set();
    this.#waiting.set(kind, waiting.add(unlocked.resolve));
    const giveUp = () =>
      unlocked.reject(new AppError("run.cancelled", "Nobody waits for the store any more"));
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    this.#watchLater();
    try {
      await unlocked.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
      waiting.delete(unlocked.resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.cancel();
    this.#waiting.clear();
    await Promise.all(SECRET_STORES.map((kind) => this.store(kind)[Symbol.asyncDispose]()));
  }

  async #changed(): Promise<VaultStatus> {
    const status = await this.status();
    this.#deps.publish({ type: "vault.changed", status });
    return status;
  }

  #wake(reports: readonly StoreReport[]): void {
    for (const { store, state } of reports) {
      if (state !== "unlocked") continue;
      for (const resolve of this.#waiting.get(store) ?? []) resolve();
    }
  }

  /** Whoever begins to wait meanwhile does not put the next look off. */
  #watchLater(): void {
    this.#watch ??= this.#deps.clock.after(WATCH_MS, () => {
      this.#watch = null;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const kinds = SECRET_STORES.filter((kind) => (this.#waiting.get(kind)?.size ?? 0) > 0);
    if (kinds.length === 0) return;
    const reports = await Promise.all(kinds.map((kind) => this.store(kind).look()));
    this.#wake(reports);
    if (reports.some(({ state }) => state === "unlocked")) {
      // Only news for the window; whoever waited was woken already.
      await this.#changed().catch(() => undefined);
    }
    this.#watchLater();
  }
}
