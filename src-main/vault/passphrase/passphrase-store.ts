import { open, readFile } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import type { StoreReport } from "#contract/vault.ts";
import type { Clock } from "#core/clock.ts";
import { describeError, systemCodeOf, toDataError, writeDurably } from "#main/platform/index.ts";
import { LOOK_MS, type SecretStore } from "../secret-store.ts";
import { reportOf, stateError, storeFailed } from "../store-report.ts";
import { PassphraseAttempts } from "./passphrase-attempts.ts";
import { DiskSilent, PatientDisk } from "./patient-disk.ts";
import {
  checkVault,
  createVaultKey,
  decodeVault,
  deriveKeyFor,
  encodeVault,
  type VaultEntries,
  type VaultKey,
  WrongKey,
} from "./vault-format.ts";

/** A disk that is only slow gets this long to write. */
const WRITE_MS = 10_000;

export interface PassphraseStoreDeps {
  readonly file: string;
  readonly clock: Clock;
  /** Only tests name a lower one. */
  readonly cost?: number;
}

/**
 * A vault in a file, opened by a passphrase: for computers without a keychain, and for people who prefer it.
 *
 * A damaged file is kept and never written over; the file is replaced whole or not at all.
 */
export class PassphraseStore implements SecretStore {
  readonly kind = "passphrase";
  readonly #deps: PassphraseStoreDeps;
  readonly #attempts: PassphraseAttempts;
  readonly #disk: PatientDisk;
  #key: VaultKey | null = null;
  /** One change after the other: each replaces the whole file. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(deps: PassphraseStoreDeps) {
    this.#deps = deps;
    this.#attempts = new PassphraseAttempts(`${deps.file}.attempts`, deps.clock);
    this.#disk = new PatientDisk(deps.clock);
  }

  /** Time until the next passphrase is tried; 0 while the disk is silent, which says more. */
  async waitMs(): Promise<number> {
    try {
      return await this.#disk.ask(LOOK_MS, () => this.#attempts.waitMs());
    } catch (error) {
      if (error instanceof DiskSilent) return 0;
      throw error;
    }
  }

  async look(): Promise<StoreReport> {
    try {
      return await this.#disk.ask(LOOK_MS, () => this.#see());
    } catch (error) {
      if (error instanceof DiskSilent) return reportOf("passphrase", "hung", error.message);
      throw error;
    }
  }

  /** Makes the vault, unlocked. @throws AppError `vault.exists`, `data.*` */
  async create(passphrase: string): Promise<void> {
    await this.#inLine(async () => {
      const { file } = this.#deps;
      if ((await this.#findFile()) !== null) {
        throw new AppError("vault.exists", `There is a passphrase vault already: ${file}`, {
          details: { file },
        });
      }
      const key = await createVaultKey(passphrase, this.#deps.cost);
      await this.#onDisk(WRITE_MS, () => writeDurably(file, encodeVault({}, key)));
      this.#key = key;
    });
  }

  /** @throws AppError `vault.wrong_passphrase`, `vault.too_many_attempts`, `vault.damaged`, `vault.absent` */
  async unlock(passphrase: string | undefined): Promise<void> {
    await this.#inLine(async () => {
      const file = await this.#readFile();
      this.#translated(() => checkVault(file));
      if (passphrase === undefined)
        throw stateError(reportOf("passphrase", "locked", "it needs its passphrase"));
      await this.#refuseTooEarly();
      await this.#onDisk(WRITE_MS, () => this.#attempts.count());
      const key = await deriveKeyFor(file, passphrase);
      try {
        decodeVault(file, key);
      } catch (error) {
        if (error instanceof WrongKey) throw await this.#wrongPassphrase();
        throw this.#damaged(error);
      }
      await this.#onDisk(WRITE_MS, () => this.#attempts.clear());
      this.#key = key;
    });
  }

  async lock(): Promise<void> {
    await this.#inLine(async () => {
      this.#key?.macKey.fill(0);
      this.#key?.cipherKey.fill(0);
      this.#key = null;
    });
  }

  async get(item: string): Promise<string | null> {
    return await this.#inLine(async () => (await this.#entries())[item] ?? null);
  }

  async set(item: string, value: string): Promise<void> {
    await this.#inLine(async () => {
      await this.#write({ ...(await this.#entries()), [item]: value });
      if ((await this.#entries())[item] !== value) {
        throw storeFailed("passphrase", "it gave back another value than it took");
      }
    });
  }

  async delete(item: string): Promise<void> {
    await this.#inLine(async () => {
      const { [item]: gone, ...rest } = await this.#entries();
      if (gone === undefined) return;
      await this.#write(rest);
      if ((await this.#entries())[item] !== undefined) {
        throw storeFailed("passphrase", "a deleted value is still there");
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lock();
  }

  async #see(): Promise<StoreReport> {
    try {
      const handle = await open(this.#deps.file, "r");
      await handle.close();
    } catch (error) {
      const code = systemCodeOf(error);
      return code === "ENOENT"
        ? reportOf("passphrase", "absent", "no passphrase vault was made yet")
        : reportOf("passphrase", "denied", describeError(error));
    }
    return this.#key === null
      ? reportOf("passphrase", "locked", "it needs its passphrase")
      : reportOf("passphrase", "unlocked");
  }

  async #entries(): Promise<VaultEntries> {
    const key = this.#unlockedKey();
    const file = await this.#readFile();
    return this.#translated(() => decodeVault(file, key));
  }

  async #write(entries: VaultEntries): Promise<void> {
    const bytes = encodeVault(entries, this.#unlockedKey());
    await this.#onDisk(WRITE_MS, () => writeDurably(this.#deps.file, bytes));
  }

  #unlockedKey(): VaultKey {
    if (this.#key === null) throw stateError(reportOf("passphrase", "locked", "it needs its passphrase"));
    return this.#key;
  }

  async #readFile(): Promise<Buffer> {
    const file = await this.#findFile();
    if (file === null) throw stateError(reportOf("passphrase", "absent", "no passphrase vault was made yet"));
    return file;
  }

  async #findFile(): Promise<Buffer | null> {
    try {
      return await this.#onDisk(LOOK_MS, () => readFile(this.#deps.file));
    } catch (error) {
      if (error instanceof AppError) throw error;
      const code = systemCodeOf(error);
      if (code === "ENOENT") return null;
      if (code === "EACCES" || code === "EPERM") {
        throw stateError(reportOf("passphrase", "denied", describeError(error)));
      }
      throw toDataError(error, this.#deps.file);
    }
  }

  async #refuseTooEarly(): Promise<void> {
    const waitMs = await this.waitMs();
    if (waitMs === 0) return;
    const message = "After wrong passphrases the next one has to wait";
    throw new AppError("vault.too_many_attempts", message, { details: { waitMs } });
  }

  async #wrongPassphrase(): Promise<AppError> {
    const waitMs = await this.waitMs();
    return new AppError("vault.wrong_passphrase", "The passphrase is wrong", { details: { waitMs } });
  }

  /** @throws AppError `vault.hung` */
  async #onDisk<T>(limitMs: number, action: () => Promise<T>): Promise<T> {
    try {
      return await this.#disk.ask(limitMs, action);
    } catch (error) {
      if (error instanceof DiskSilent) throw stateError(reportOf("passphrase", "hung", error.message));
      throw error;
    }
  }

  #translated<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw this.#damaged(error);
    }
  }

  #damaged(cause: unknown): AppError {
    const { file } = this.#deps;
    const problem = cause instanceof WrongKey ? "it was replaced by another vault" : describeError(cause);
    return new AppError("vault.damaged", `The vault file ${file} is damaged and was kept: ${problem}`, {
      details: { file, problem },
      cause,
    });
  }

  async #inLine<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#line.catch(() => undefined).then(task);
    this.#line = turn;
    return await turn;
  }
}
