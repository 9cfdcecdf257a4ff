import { expect, test } from "vitest";
import type { StoreReport, VaultStatus } from "#contract/vault.ts";
import { chosenReport, reportOf, toneOf, waitSeconds } from "./vault-view.ts";

const locked: StoreReport = { store: "passphrase", state: "locked", problem: "locked", action: "unlock" };
const status: VaultStatus = { chosen: "passphrase", stores: [locked], atMs: 1_000, waitMs: 0 };

test("the store that is shown is the one a person chose", () => {
  expect(chosenReport(status)).toBe(locked);
});

test("a store nobody reported counts as absent, never as unlocked", () => {
  expect(reportOf(status, "keychain").state).toBe("absent");
});

test("only an unlocked store looks well, and one that does not answer looks broken", () => {
  expect((["unlocked", "locked", "absent", "hung", "denied"] as const).map(toneOf)).toEqual([
    "ok",
    "warning",
    "warning",
    "failed",
    "failed",
  ]);
});

test("nobody waits where no wrong passphrase was tried, whatever the clock says", () => {
  expect(waitSeconds({ atMs: 1_700_000_000_000, waitMs: 0 }, 0)).toBe(0);
});

test("the wait for the next passphrase counts down to nothing and never below", () => {
  const wait = { atMs: 10_000, waitMs: 4_000 };

  expect([10_000, 10_001, 13_999, 14_000, 99_000].map((now) => waitSeconds(wait, now))).toEqual([
    4, 4, 1, 0, 0,
  ]);
});
