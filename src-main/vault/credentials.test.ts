import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CredentialName, credentialNameSchema } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import { agentNameSchema, runIdSchema, THIS_COMPUTER } from "#contract/ids.ts";
import type { StoreReport } from "#contract/vault.ts";
import { AuditTrail } from "#main/audit/index.ts";
import { openStore } from "#main/store/index.ts";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { CredentialFiles } from "./credential-files.ts";
import type { CredentialRecords } from "./credential-records.ts";
import { Credentials } from "./credentials.ts";
import { HandOver } from "./hand-over.ts";
import type { SecretStore } from "./secret-store.ts";
import { reportOf, stateError } from "./store-report.ts";
import { type PassphraseVault, Vault } from "./vault.ts";

const SHOP: CredentialName = credentialNameSchema.parse("shop");
const WORKER = agentNameSchema.parse("worker");
const RUN = runIdSchema.parse("0000000000000001");

/** A keychain in memory, which fails when the test says so. */
class MemoryStore implements PassphraseVault {
  readonly kind = "keychain";
  readonly items = new Map<string, string>();
  /** Everything that was asked of it, in order. */
  readonly asked: string[] = [];
  state: StoreReport["state"] = "unlocked";
  failing: "set" | "delete" | null = null;

  async look(): Promise<StoreReport> {
    return reportOf("keychain", this.state, this.state === "unlocked" ? "" : "the test says so");
  }

  async get(item: string): Promise<string | null> {
    this.#ask("get");
    return this.items.get(item) ?? null;
  }

  async set(item: string, value: string): Promise<void> {
    this.#ask("set");
    this.items.set(item, value);
  }

  async delete(item: string): Promise<void> {
    this.#ask("delete");
    this.items.delete(item);
  }

  async unlock(): Promise<void> {
    this.state = "unlocked";
  }

  async lock(): Promise<void> {
    this.state = "locked";
  }

  async create(): Promise<void> {
    throw new Error("a keychain is not made");
  }

  async waitMs(): Promise<number> {
    return 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.items.clear();
  }

  #ask(what: string): void {
    this.asked.push(what);
    if (this.state !== "unlocked") throw stateError(reportOf("keychain", this.state, "the test says so"));
    if (this.failing === what) throw new AppError("vault.failed", `${what} failed`);
  }
}

async function setup(change: (records: CredentialRecords) => Partial<CredentialRecords> = () => ({})) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-credentials-"));
  const clock = new FakeClock();
  const place = { folder, database: path.join(folder, "pilothouse.db") };
  const db = await openStore({ place, clock, onSnapshotFailed: () => undefined });
  const changed = change(db.credentials);
  const records = new Proxy(db.credentials, {
    get: (target, key) => {
      const value: unknown = Reflect.get(changed, key) ?? Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const store: SecretStore & MemoryStore = new MemoryStore();
  const audit = new AuditTrail({
    records: db.audit,
    clock,
    who: "ada",
    publish: () => undefined,
    onTrouble: () => undefined,
  });
  const publish = () => undefined;
  const vault = new Vault({ keychain: store, passphrase: new MemoryStore(), records, audit, clock, publish });
  const usage = { manifests: () => [], liveRunsWith: () => 2 };
  const credentials = new Credentials({ vault, records, usage, audit, clock, publish });
  return {
    folder,
    clock,
    store,
    audit,
    credentials,
    records: db.credentials,
    handOver: new HandOver({ vault, records, audit, clock }),
    files: new CredentialFiles({ credentials, audit }),
    set: (fields: Record<string, string>) =>
      credentials.set({ name: SHOP, kind: "password", fields, allow: [WORKER] }, "cli"),
    give: () =>
      new HandOver({ vault, records, audit, clock }).give({
        runId: RUN,
        agent: WORKER,
        target: THIS_COMPUTER,
        door: "cli",
        uses: [{ name: "shop", env: { password: "P" } }],
      }),
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

describe("a credential", () => {
  test("is known by everything but its values", async () => {
    await using context = await setup();

    const { credential, warnings } = await context.set({ user: "ada", password: "12345" });

    expect(warnings).toEqual([{ code: "too-short-to-mask", field: "password", runs: 0 }]);
    expect(credential).toMatchObject({ kind: "password", store: "keychain", expiry: "none", usedBy: [] });
    expect(credential.fields.map(({ isMaskable, isSecret, name }) => [name, isSecret, isMaskable])).toEqual([
      ["password", true, false],
      ["user", false, false],
    ]);
    expect(JSON.stringify(context.credentials.list())).not.toContain("12345");
  });

  test("has no field that its kind does not know, no NUL and no more than 64 KiB", async () => {
    await using context = await setup();

    await expect(context.set({ token: "x" })).rejects.toMatchObject({ code: "credential.invalid" });
    await expect(context.set({ password: "a\0b" })).rejects.toMatchObject({ code: "credential.invalid" });
    await expect(context.set({ password: "x".repeat(65_537) })).rejects.toMatchObject({
      code: "credential.too_long",
    });
    expect(context.store.items.size).toBe(0);
  });

  test("warns two weeks before it expires", async () => {
    await using context = await setup();
    const { credential } = await context.set({ password: "correct-horse" });
    const day = 24 * 3_600_000;
    const expiryIn = async (days: number) =>
      (
        await context.credentials.change(
          { name: credential.name, expiresAtMs: context.clock.nowMs() + days * day },
          "cli",
        )
      ).expiry;

    expect([await expiryIn(15), await expiryIn(13), await expiryIn(0)]).toEqual(["valid", "soon", "expired"]);
  });
});

describe("a rotation", () => {
  test("leaves the new value alone in the store, and says who still has the old one", async () => {
    await using context = await setup();
    await context.set({ password: "old-password" });

    const { warnings } = await context.credentials.rotate(
      { name: SHOP, fields: { password: "new-password" } },
      "cli",
    );

    expect([...context.store.items.values()]).toEqual(["new-password"]);
    expect(warnings).toEqual([{ code: "old-value-in-use", field: "", runs: 2 }]);
    expect((await context.give()).env).toEqual({ P: "new-password" });
  });

  test.each(["the store", "the database"])("that %s refuses leaves the old value valid", async (who) => {
    let isFull = false;
    await using context = await setup((records) => ({
      save: (credential) => {
        if (isFull) throw new AppError("data.full", "no space");
        records.save(credential);
      },
    }));
    await context.set({ password: "old-password" });
    if (who === "the store") context.store.failing = "set";
    else isFull = true;

    await expect(
      context.credentials.rotate({ name: SHOP, fields: { password: "new-password" } }, "cli"),
    ).rejects.toThrow(AppError);
    context.store.failing = null;
    isFull = false;

    expect((await context.give()).env).toEqual({ P: "old-password" });
    await context.set({ user: "ada" });
    expect([...context.store.items.values()].sort()).toEqual(["ada", "old-password"]);
  });

  test("whose old value cannot be deleted does so with the next change", async () => {
    await using context = await setup();
    await context.set({ password: "old-password" });
    context.store.failing = "delete";
    await context.credentials.rotate({ name: SHOP, fields: { password: "new-password" } }, "cli");
    const between = [...context.store.items.values()];

    context.store.failing = null;
    await context.set({ user: "ada" });

    expect(between).toEqual(["old-password", "new-password"]);
    expect([...context.store.items.values()].sort()).toEqual(["ada", "new-password"]);
    expect(context.records.leftovers("keychain")).toEqual([]);
  });
});

describe("a removal", () => {
  test("resolves when nothing is left in the store", async () => {
    await using context = await setup();
    await context.set({ user: "ada", password: "correct-horse" });

    await context.credentials.remove(SHOP, "cli");

    expect([context.credentials.list(), context.store.items.size]).toEqual([[], 0]);
  });

  test("of a locked store changes nothing", async () => {
    await using context = await setup();
    await context.set({ password: "correct-horse" });
    context.store.state = "locked";

    await expect(context.credentials.remove(SHOP, "cli")).rejects.toMatchObject({ code: "vault.locked" });

    expect(context.credentials.list()).toHaveLength(1);
  });
});

describe("a hand-over", () => {
  test("asks for a value only after the audit entry, and only for the fields that are named", async () => {
    await using context = await setup();
    await context.set({ user: "ada", password: "correct-horse" });
    context.store.asked.length = 0;

    const handed = await context.give();

    expect(handed).toMatchObject({ env: { P: "correct-horse" }, masked: ["correct-horse"], unmasked: [] });
    expect(context.store.asked).toEqual(["get"]);
    const [done, begun] = context.audit.list({ limit: 2, actions: ["credential.hand-over"] }).entries;
    expect([begun?.outcome, done?.outcome]).toEqual(["begun", "done"]);
    expect(begun).toMatchObject({
      subject: "shop",
      details: { agent: "worker", run: RUN, fields: "password" },
    });
    expect(context.credentials.get(SHOP)).toMatchObject({ lastUsedAtMs: context.clock.nowMs() });
    expect(JSON.stringify(context.audit.list({ limit: 100 }))).not.toContain("correct-horse");
  });

  test("that cannot be put on the trail asks for no value", async () => {
    await using context = await setup();
    await context.set({ password: "correct-horse" });
    context.store.asked.length = 0;
    context.audit.begin = () => {
      throw new AppError("data.full", "no space");
    };

    await expect(context.give()).rejects.toMatchObject({ code: "data.full" });

    expect(context.store.asked).toEqual([]);
  });

  test.each(["locked", "absent", "hung", "denied"] as const)(
    "of a store that is %s writes no use",
    async (state) => {
      await using context = await setup();
      await context.set({ password: "correct-horse" });
      context.store.state = state;

      await expect(context.give()).rejects.toMatchObject({ code: `vault.${state}` });

      expect(context.audit.list({ limit: 9, actions: ["credential.hand-over"] }).entries).toEqual([]);
    },
  );

  test("of a value that somebody took out of the store fails and makes no new one", async () => {
    await using context = await setup();
    await context.set({ password: "correct-horse" });
    context.store.items.clear();

    await expect(context.give()).rejects.toMatchObject({ code: "vault.failed" });

    expect(context.store.items.size).toBe(0);
  });
});

describe("an import", () => {
  test("takes the named variables of a .env file, and removes it only when asked to", async () => {
    await using context = await setup();
    const file = path.join(context.folder, ".env");
    await writeFile(file, '# shop\nexport SHOP_USER=ada\nSHOP_PASSWORD="correct horse"\nOTHER=x\n');
    const take = [
      { variable: "SHOP_USER", name: SHOP, field: "user" },
      { variable: "SHOP_PASSWORD", name: SHOP, field: "password" },
    ];

    const names = await context.files.readEnvNames(file);
    const kept = await context.files.importEnv(
      { file, take, kind: "password", allow: [], removesFile: false },
      "window",
    );
    await writeFile(file, 'export SHOP_USER=ada\nSHOP_PASSWORD="correct horse"\n');
    const gone = await context.files.importEnv(
      { file, take, kind: "password", allow: [], removesFile: true },
      "window",
    );

    expect(names).toEqual(["OTHER", "SHOP_PASSWORD", "SHOP_USER"]);
    expect([kept.isFileRemoved, gone.isFileRemoved]).toEqual([false, true]);
    expect([...context.store.items.values()].sort()).toEqual(["ada", "correct horse"]);
    await expect(context.files.readEnvNames(file)).rejects.toMatchObject({ code: "folder.unreadable" });
  });

  test("that cannot store a value leaves the file", async () => {
    await using context = await setup();
    const file = path.join(context.folder, ".env");
    await writeFile(file, "TOKEN=correct-horse\n");
    context.store.state = "locked";
    const take = [{ variable: "TOKEN", name: SHOP, field: "token" }];

    await expect(
      context.files.importEnv({ file, take, kind: "token", allow: [], removesFile: true }, "window"),
    ).rejects.toMatchObject({ code: "vault.locked" });

    expect(await context.files.readEnvNames(file)).toEqual(["TOKEN"]);
  });
});
