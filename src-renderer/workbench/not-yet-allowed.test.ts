import { expect, test } from "vitest";
import type { Agent } from "#contract/agent.ts";
import { type Credential, credentialNameSchema } from "#contract/credential.ts";
import { agentNameSchema } from "#contract/ids.ts";
import { manifestSchema } from "#contract/manifest.ts";
import { notYetAllowed } from "./not-yet-allowed.ts";

const ferry = agentNameSchema.parse("ferry");

function credential(name: string, allowedAgents: Credential["allowedAgents"]): Credential {
  return {
    name: credentialNameSchema.parse(name),
    kind: "token",
    label: "",
    store: "passphrase",
    fields: [],
    allowedAgents,
    namedBy: [],
    expiresAtMs: null,
    expiry: "none",
    lastUsedAtMs: null,
    usedBy: [],
    createdAtMs: 0,
    changedAtMs: 0,
  };
}
function agent(...names: string[]): Pick<Agent, "name" | "manifest"> {
  const manifest = manifestSchema.parse({
    apiVersion: "pilothouse/v1",
    kind: "Agent",
    name: "ferry",
    class: "service",
    runtimes: { process: { command: ["node"] } },
    credentials: names.map((name) => ({ name, env: { token: "TOKEN" } })),
  });
  return { name: ferry, manifest };
}
const names = (list: readonly Credential[]) => list.map(({ name }) => name as string);

test("a person is asked about what the manifest names and the agent may not use, and about nothing else", () => {
  const all = [credential("shop", []), credential("mail", [ferry]), credential("other", [])];

  expect(names(notYetAllowed(agent("shop", "mail"), all))).toEqual(["shop"]);
});

test("nobody is asked about a credential that does not exist: the core says that it is missing", () => {
  expect(notYetAllowed(agent("shop"), [])).toEqual([]);
});
