import { expect, test } from "vitest";
import { type Credential, credentialNameSchema } from "#contract/credential.ts";
import { agentNameSchema } from "#contract/ids.ts";
import type { Variable } from "#contract/variable.ts";
import { findNeeds, isRefused, type Known } from "./agent-needs.ts";

const agent = agentNameSchema.parse("ferry");
const other = agentNameSchema.parse("barge");

function credential(change: Partial<Credential> = {}): Credential {
  return {
    name: credentialNameSchema.parse("shop"),
    kind: "token",
    label: "",
    store: "passphrase",
    fields: [{ name: "token", isSecret: true, isMaskable: true, changedAtMs: 0 }],
    allowedAgents: [agent],
    namedBy: [agent],
    expiresAtMs: null,
    expiry: "none",
    lastUsedAtMs: null,
    usedBy: [],
    createdAtMs: 0,
    changedAtMs: 0,
    ...change,
  };
}
function needs(known: Partial<Known>, env: Record<string, string> = { token: "TOKEN" }) {
  const manifest = { credentials: [{ name: "shop", env }], variables: ["REGION"] };
  return findNeeds(manifest, { agent, credentials: [], variables: [], ...known });
}
const variable = (forAgent: Variable["agent"]): Variable => ({
  name: "REGION",
  agent: forAgent,
  type: "text",
  value: "EU",
  changedAtMs: 0,
  usedBy: [],
});

test("what the manifest names and nobody made is missing, and the run would be refused", () => {
  const found = needs({});

  expect(found.map(({ name, state }) => `${name} ${state}`)).toEqual(["shop missing", "REGION missing"]);
  expect(found.every(isRefused)).toBe(true);
});

test("a credential is ready only for agents that are allowed", () => {
  expect(needs({ credentials: [credential()] })[0]?.state).toBe("ready");
  expect(needs({ credentials: [credential({ allowedAgents: [other] })] })[0]?.state).toBe("not-allowed");
});

test("a field that the manifest wants and the credential lacks is named", () => {
  const need = needs({ credentials: [credential()] }, { token: "A", refresh: "B" })[0];

  expect([need?.state, need?.field]).toEqual(["field-missing", "refresh"]);
});

test("an expired credential counts as expired even where it is not allowed either; a late one only warns", () => {
  expect(needs({ credentials: [credential({ expiry: "expired", allowedAgents: [] })] })[0]?.state).toBe(
    "expired",
  );
  const soon = needs({ credentials: [credential({ expiry: "soon" })] })[0];

  expect([soon?.state, soon === undefined || isRefused(soon)]).toEqual(["soon", false]);
});

test("a variable is there for all agents or for this one, not for another", () => {
  const state = (forAgent: Variable["agent"]) => needs({ variables: [variable(forAgent)] })[1]?.state;

  expect([state(null), state(agent), state(other)]).toEqual(["ready", "ready", "missing"]);
});
