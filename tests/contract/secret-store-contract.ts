import { describe, expect, it } from "vitest";
import { LONGEST_VALUE_BYTES } from "#contract/credential.ts";
import type { VaultState } from "#contract/vault.ts";
import type { SecretStore } from "#main/vault/secret-store.ts";

/** One store with everything around it, set up for the suite; unlocked. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: SecretStore;
  /** A further store on the same values, like the one of the next core. */
  createNext(): SecretStore;
  openNext(next: SecretStore): Promise<void>;
  /** Brings about a state from outside. */
  readonly bring: Readonly<Record<Exclude<VaultState, "unlocked">, () => Promise<void>>>;
  /** False where only the system itself locks the store; then `lock` says so. */
  readonly canLock: boolean;
  /** Opens it again from outside, or with what `unlock` takes. */
  reopen(): Promise<void>;
}

type Make = () => Promise<StoreUnderTest>;

/** What an agent, an editor or a cloud may have made up. */
const VALUES: readonly [string, string][] = [
  ["a password", "correct horse battery staple"],
  ["one character", "x"],
  ["letters of the world", "пароль 密碼 🔑 é"],
  ["a key of several lines", `-----BEGIN KEY-----\r\n${"AbCd/+==\n".repeat(400)}-----END KEY-----\n`],
  ["white space around it", "  tab\t newline\n"],
  ["quotes and backslashes", `"'\\$(x)\`%n`],
  ["the longest value", "é".repeat(LONGEST_VALUE_BYTES / 2)],
];

const CODES = { locked: "vault.locked", absent: "vault.absent", hung: "vault.hung", denied: "vault.denied" };

/** The rules of `secret-store.ts`, run against every store. */
export function describeSecretStoreContract(name: string, make: Make): void {
  describe(`secret store contract: ${name}`, () => {
    it.each(VALUES)("gives back %s exactly, also to the next core", async (_what, value) => {
      await using subject = await make();

      await subject.store.set("a/b/1", value);

      const next = subject.createNext();
      await subject.openNext(next);
      expect(await next.get("a/b/1")).toBe(value);
      expect(await next.get("a/b/2")).toBeNull();
    });

    it("replaces a value by one of another length, whole", async () => {
      await using subject = await make();
      await subject.store.set("a", "long".repeat(3_000));

      await subject.store.set("a", "short");

      expect(await subject.store.get("a")).toBe("short");
      await subject.store.delete("a");
      expect(await subject.store.get("a")).toBeNull();
    });

    it("deletes what is there, and takes what is not there for deleted", async () => {
      await using subject = await make();
      await subject.store.set("a", "first");
      await subject.store.set("b", "second");

      await subject.store.delete("a");
      await subject.store.delete("a");

      expect([await subject.store.get("a"), await subject.store.get("b")]).toEqual([null, "second"]);
    });

    it("keeps values over a lock", async () => {
      await using subject = await make();
      await subject.store.set("a", "kept");

      if (subject.canLock) await subject.store.lock();
      else {
        await expect(subject.store.lock()).rejects.toMatchObject({ code: "vault.failed" });
        await subject.bring.locked();
      }
      const locked = await subject.store.look();
      await subject.reopen();

      expect(locked.state).toBe("locked");
      expect(await subject.store.get("a")).toBe("kept");
    });

    it.each(["locked", "absent", "hung", "denied"] as const)(
      "says that it is %s, also where nothing answers, and never that a value is missing",
      async (state) => {
        await using subject = await make();
        await subject.store.set("a", "there");

        await subject.bring[state]();
        const report = await subject.store.look();
        const failure = await subject.store.get("a").catch((error: unknown) => error);
        const missing = await subject.store.get("never-set").catch((error: unknown) => error);
        const unwritten = await subject.store.set("b", "new-value").catch((error: unknown) => error);
        const undeleted = await subject.store.delete("a").catch((error: unknown) => error);

        expect(report).toMatchObject({ state, problem: expect.stringMatching(/./) });
        expect(report.action).not.toBe("none");
        const code = CODES[state];
        expect([failure, missing, unwritten, undeleted]).toMatchObject([
          { code },
          { code },
          { code },
          { code },
        ]);
        expect(JSON.stringify([failure, unwritten])).not.toMatch(/there|new-value/);
      },
    );
  });
}
