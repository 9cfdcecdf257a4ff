import { expect, test } from "vitest";
import { type CredentialKind, credentialNameSchema } from "#contract/credential.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { CredentialRecords, StoredCredential } from "./credential-records.ts";
import { loginHeaders } from "./login-headers.ts";
import { reportOf } from "./store-report.ts";
import type { Vault } from "./vault.ts";

const NOW_MS = 1_700_000_000_000;

function setup(
  kind: CredentialKind,
  values: Record<string, string>,
  { expiresAtMs = null, isLocked = false }: { expiresAtMs?: number | null; isLocked?: boolean } = {},
) {
  const happened: string[] = [];
  const stored: StoredCredential = {
    name: credentialNameSchema.parse("key"),
    kind,
    label: "",
    store: "passphrase",
    fields: Object.keys(values).map((name) => ({
      name,
      item: name,
      isSecret: true,
      isMaskable: true,
      changedAtMs: 1,
    })),
    allowedAgents: [],
    expiresAtMs,
    createdAtMs: 1,
    changedAtMs: 1,
  };
  const store = {
    look: async () => reportOf("passphrase", isLocked ? "locked" : "unlocked"),
    get: async (item: string) => {
      happened.push(`get ${item}`);
      return values[item] ?? null;
    },
  };
  const deps = {
    vault: { store: () => store } as Pick<Vault, never> as Vault,
    records: { all: () => [stored] } as Pick<CredentialRecords, "all"> as CredentialRecords,
    audit: {
      around: async (act, effect) => {
        happened.push(`audit ${act.action} ${act.subject} ${act.details?.["sink"]}`);
        return await effect();
      },
    } as Pick<AuditTrail, "around"> as AuditTrail,
    clock: { nowMs: () => NOW_MS, monotonicMs: () => 0, after: () => ({ cancel: () => undefined }) },
  };
  const ask = (credential = "key") => loginHeaders(deps, { credential, sink: "out", door: "startup" });
  return { ask, happened };
}

test.each([
  ["token", { token: "abc" }, { authorization: "Bearer abc" }],
  ["password", { user: "ada", password: "pass:word" }, { authorization: "Basic YWRhOnBhc3M6d29yZA==" }],
  ["free", { "x-api-key": "k1", "x-scope": "2" }, { "x-api-key": "k1", "x-scope": "2" }],
] as const)("a %s logs in with its own header", async (kind, values, headers) => {
  expect(await setup(kind, values).ask()).toEqual(headers);
});

test("the use is on the audit trail before a value is asked for", async () => {
  const context = setup("token", { token: "abc" });

  await context.ask();

  expect(context.happened).toEqual(["audit credential.log-in key out", "get token"]);
});

test.each([
  ["of a kind that cannot log in", setup("ssh-key", { privateKey: "x" }), "credential.invalid"],
  ["that has expired", setup("token", { token: "x" }, { expiresAtMs: NOW_MS - 1 }), "credential.invalid"],
  ["in a locked store", setup("token", { token: "x" }, { isLocked: true }), "vault.locked"],
])("a credential %s is refused before a value is asked for", async (_, context, code) => {
  await expect(context.ask()).rejects.toMatchObject({ code });
  expect(context.happened).toEqual([]);
});

test("a value that cannot stand in a header is refused without being told", async () => {
  const failure = await setup("free", { "x-key": "two\r\nX-Evil: 1" }).ask().catch(String);

  expect(failure).toContain("cannot stand in a header");
  expect(failure).not.toContain("Evil");
});

test("a credential that is not there is named with the nearest one", async () => {
  await expect(setup("token", { token: "x" }).ask("kay")).rejects.toMatchObject({
    code: "credential.not_found",
    details: { credential: "kay", nearest: "key" },
  });
});
