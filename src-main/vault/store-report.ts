import { AppError, type ErrorCode } from "#contract/errors.ts";
import type { SecretStoreKind, StoreReport, VaultAction, VaultState } from "#contract/vault.ts";

const CODES = {
  locked: "vault.locked",
  absent: "vault.absent",
  hung: "vault.hung",
  denied: "vault.denied",
} as const satisfies Record<Exclude<VaultState, "unlocked">, ErrorCode>;

const ACTIONS: Readonly<Record<SecretStoreKind, Readonly<Record<VaultState, VaultAction>>>> = {
  keychain: {
    unlocked: "none",
    locked: "unlock",
    absent: "start-keyring",
    hung: "wait",
    denied: "check-access",
  },
  passphrase: { unlocked: "none", locked: "unlock", absent: "create", hung: "wait", denied: "check-access" },
};

export function reportOf(store: SecretStoreKind, state: VaultState, problem = ""): StoreReport {
  return { store, state, problem, action: ACTIONS[store][state] };
}

/** @throws AppError `vault.locked`, `vault.absent`, `vault.hung`, `vault.denied` unless the store is unlocked */
export function refuseUnlessUnlocked(report: StoreReport): void {
  if (report.state !== "unlocked") throw stateError(report);
}

/** The error of a store that is not unlocked. */
export function stateError({ store, state, problem }: StoreReport): AppError {
  const code = state === "unlocked" ? "vault.failed" : CODES[state];
  return new AppError(code, `The ${nameOf(store)} is ${state}: ${problem}`, { details: { store, problem } });
}

export function storeFailed(store: SecretStoreKind, problem: string, cause?: unknown): AppError {
  return new AppError("vault.failed", `The ${nameOf(store)} failed: ${problem}`, {
    details: { store, problem },
    cause,
  });
}

/** Whether a failure means that the store is not to be had now and may be later. */
export function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && Object.values<string>(CODES).includes(error.code);
}

/** The state that such a failure speaks of. */
export function stateOf(error: AppError): VaultState {
  const found = Object.entries(CODES).find(([, code]) => code === error.code);
  return (found?.[0] ?? "unlocked") as VaultState;
}

function nameOf(store: SecretStoreKind): string {
  return store === "keychain" ? "keychain of the system" : "passphrase vault";
}
