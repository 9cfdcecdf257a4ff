import type { SecretStoreKind, StoreReport, VaultState, VaultStatus } from "#contract/vault.ts";

const MS_PER_SECOND = 1_000;

/** What the status of a store looks like before anybody asked. */
function unasked(store: SecretStoreKind): StoreReport {
  return { store, state: "absent", problem: "", action: "none" };
}

export function reportOf({ stores }: VaultStatus, store: SecretStoreKind): StoreReport {
  return stores.find((report) => report.store === store) ?? unasked(store);
}

/** The store new values go to, as it is now. */
export function chosenReport(status: VaultStatus): StoreReport {
  return reportOf(status, status.chosen);
}

export type VaultTone = "ok" | "warning" | "failed";

const TONES: Record<VaultState, VaultTone> = {
  unlocked: "ok",
  locked: "warning",
  absent: "warning",
  hung: "failed",
  denied: "failed",
};

export function toneOf(state: VaultState): VaultTone {
  return TONES[state];
}

/** Whole seconds until a passphrase is tried again, rounded up; 0 for now. */
export function waitSeconds({ atMs, waitMs }: Pick<VaultStatus, "atMs" | "waitMs">, nowMs: number): number {
  if (waitMs === 0) return 0;
  return Math.max(0, Math.ceil((atMs + waitMs - nowMs) / MS_PER_SECOND));
}
