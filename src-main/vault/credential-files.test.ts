import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import {
  type Credential,
  credentialNameSchema,
  importEnvSchema,
  type SetCredential,
} from "#contract/credential.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import { CredentialFiles } from "./credential-files.ts";

function credentialOf({ name }: SetCredential): Credential {
  return {
    name,
    kind: "free",
    label: "",
    store: "keychain",
    fields: [],
    allowedAgents: [],
    namedBy: [],
    expiresAtMs: null,
    expiry: "none",
    lastUsedAtMs: null,
    usedBy: [],
    createdAtMs: 0,
    changedAtMs: 0,
  };
}

async function setup(text: string, onSet: (request: SetCredential) => Promise<void> = async () => undefined) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-files-"));
  const file = path.join(folder, "file");
  await writeFile(file, text);
  const stored: SetCredential[] = [];
  const files = new CredentialFiles({
    credentials: {
      set: async (request) => {
        await onSet(request);
        stored.push(request);
        return { credential: credentialOf(request), warnings: [] };
      },
    },
    audit: { around: async (_act, effect) => await effect() } satisfies Pick<AuditTrail, "around">,
  });
  const take = (...variables: string[]) =>
    files.importEnv(
      importEnvSchema.parse({
        file,
        removesFile: true,
        take: variables.map((variable) => ({ variable, name: variable.toLowerCase(), field: "token" })),
      }),
      "window",
    );
  return {
    file,
    files,
    stored,
    take,
    read: () => readFile(file, "utf8").catch(() => null),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const KEY =
  "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nc2VjcmV0RW5k==\n-----END PRIVATE KEY-----\n";

test.each([
  ["a private key", KEY],
  ["a JSON document", '{"a":"b=c"}'],
  ["a list of users", "root:$6$salt$hash=:19000:0:::\n"],
])("nothing of %s comes out as the name of a variable", async (_what, text) => {
  await using context = await setup(text);

  const failure = await context.files.readEnvNames(context.file).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "credential.invalid" });
  expect(String(failure)).not.toMatch(/c2Vj|hash|b=c/);
});

test("names come with comments, export and quotes around them, and without values", async () => {
  await using context = await setup("# of the shop\n\nexport A=\"x y\"\nB='1\n2'\n");

  expect(await context.files.readEnvNames(context.file)).toEqual(["A", "B"]);
});

test("a file is not deleted with a value that was not taken, and nothing is stored before that is known", async () => {
  await using context = await setup("A=1\nB=2\nEMPTY=\n");

  await expect(context.take("A")).rejects.toMatchObject({
    code: "credential.invalid",
    details: { problem: expect.stringContaining("B") },
  });

  expect(context.stored).toEqual([]);
  expect(await context.take("A", "B")).toMatchObject({ isFileRemoved: true });
  expect(await context.read()).toBeNull();
});

test("a file that was written to meanwhile stays", async () => {
  const later = "A=1\nB=2\n";
  await using context = await setup("A=1\n", () => writeFile(context.file, later));

  expect(await context.take("A")).toMatchObject({ isFileRemoved: false });
  expect(await context.read()).toBe(later);
});

test("a file that becomes a value is taken byte for byte; an empty one is refused", async () => {
  await using context = await setup(KEY);
  const request = { name: credentialNameSchema.parse("tls"), field: "key", file: context.file, allow: [] };

  await context.files.importFile(request, "cli");
  await writeFile(context.file, "");

  expect(context.stored.map(({ fields }) => fields)).toEqual([{ key: KEY }]);
  await expect(context.files.importFile(request, "cli")).rejects.toMatchObject({
    code: "credential.invalid",
  });
});
