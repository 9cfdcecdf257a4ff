import type { StoreReport } from "#contract/vault.ts";
import { describeError } from "#main/platform/index.ts";
import { LOOK_MS, type SecretStore } from "../secret-store.ts";
import { refuseUnlessUnlocked, reportOf, stateError, storeFailed } from "../store-report.ts";
import { ValueParts } from "../value-parts.ts";
import { KeychainProcess, type KeychainProcessDeps, KeychainSilent } from "./keychain-process.ts";
import type { KeychainRequest } from "./keychain-protocol.ts";
import { SecretService } from "./secret-service.ts";

/** Windows takes 2,560 bytes per item; the others take any value, and the same pieces do no harm there. */
const PART_BYTES = 2_400;
/** On Linux no call waits for a person, because a locked keyring is not asked for values. */
const ANSWER_MS = 5_000;
/** Elsewhere the system may ask its owner first, in the middle of a call. */
const ANSWER_WITH_PERSON_MS = 60_000;
/** Never stored; asking for it shows whether the keychain answers. */
const PROBE = "state";

export interface KeychainStoreDeps extends Omit<KeychainProcessDeps, "limitMs" | "renews"> {
  readonly platform: NodeJS.Platform;
  /** Tells the values of one data folder from those of another. */
  readonly vaultId: () => string;
}

/** The keychain of the operating system, through keytar. */
export class KeychainStore implements SecretStore {
  readonly kind = "keychain";
  readonly #deps: KeychainStoreDeps;
  readonly #process: KeychainProcess;
  readonly #service: SecretService | null;
  readonly #parts: ValueParts;

  constructor(deps: KeychainStoreDeps) {
    this.#deps = deps;
    const isLinux = deps.platform === "linux";
    const limitMs = isLinux ? ANSWER_MS : ANSWER_WITH_PERSON_MS;
    this.#process = new KeychainProcess({ ...deps, limitMs, renews: isLinux });
    this.#service = isLinux ? new SecretService({ env: deps.environment, clock: deps.clock }) : null;
    this.#parts = new ValueParts(
      {
        get: (name) => this.#ask({ do: "get", account: this.#account(name) }),
        set: async (name, value) =>
          void (await this.#ask({ do: "set", account: this.#account(name), value })),
        delete: async (name) => void (await this.#ask({ do: "delete", account: this.#account(name) })),
      },
      PART_BYTES,
    );
  }

  look(): Promise<StoreReport> {
    return this.#service === null ? this.#tryOut() : this.#service.look();
  }

  async get(item: string): Promise<string | null> {
    refuseUnlessUnlocked(await this.look());
    const value = await this.#parts.get(item);
    // It may have been locked in between, and then "nothing" means nothing.
    if (value === null) refuseUnlessUnlocked(await this.look());
    return value;
  }

  async set(item: string, value: string): Promise<void> {
    refuseUnlessUnlocked(await this.look());
    await this.#parts.set(item, value);
    if ((await this.get(item)) !== value)
      throw storeFailed("keychain", "it gave back another value than it took");
  }

  async delete(item: string): Promise<void> {
    refuseUnlessUnlocked(await this.look());
    await this.#parts.delete(item);
    if ((await this.get(item)) !== null) throw storeFailed("keychain", "a deleted value is still there");
  }

  async unlock(): Promise<void> {
    if (this.#service !== null) await this.#service.unlock();
    else refuseUnlessUnlocked(await this.look());
  }

  async lock(): Promise<void> {
    if (this.#service === null) {
      throw storeFailed("keychain", "the keychain of this system is locked by the system itself");
    }
    await this.#service.lock();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.close();
  }

  #account(item: string): string {
    return `${this.#deps.vaultId()}/${item}`;
  }

  async #ask(request: Omit<KeychainRequest, "id">): Promise<string | null> {
    try {
      return await this.#process.ask(request);
    } catch (error) {
      const report = await this.look();
      if (report.state !== "unlocked") throw stateError(report);
      if (error instanceof KeychainSilent) {
        throw stateError(reportOf("keychain", "hung", describeError(error)));
      }
      throw storeFailed("keychain", describeError(error), error);
    }
  }

  /** Where the system cannot be asked how the keychain is, a question for nothing tells. */
  async #tryOut(): Promise<StoreReport> {
    const late = Promise.withResolvers<"late">();
    const timer = this.#deps.clock.after(LOOK_MS, () => late.resolve("late"));
    const asked = this.#process.ask({ do: "get", account: this.#account(PROBE) });
    asked.catch(() => undefined);
    try {
      const answer = await Promise.race([asked, late.promise]);
      return answer === "late"
        ? reportOf("keychain", "hung", "the keychain does not answer")
        : reportOf("keychain", "unlocked");
    } catch (error) {
      const problem = describeError(error);
      if (error instanceof KeychainSilent) return reportOf("keychain", "hung", problem);
      if (/not allowed|interaction|locked/i.test(problem)) return reportOf("keychain", "locked", problem);
      return reportOf("keychain", /denied|auth/i.test(problem) ? "denied" : "absent", problem);
    } finally {
      timer.cancel();
    }
  }
}
