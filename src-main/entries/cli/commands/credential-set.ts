import { resolve } from "node:path";
import {
  CREDENTIAL_KINDS,
  type CredentialChange,
  type CredentialKind,
  type CredentialName,
  FREE_FIELD,
  type ImportFile,
  KIND_FIELDS,
  type SetCredential,
} from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Call, Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { openVault, PASSPHRASE_FILE, storeOf } from "../open-vault.ts";
import { STORE_WORDS } from "../run-text.ts";
import { credentialDocument, warningText } from "../secret-text.ts";

export const credentialSet: Command = {
  path: ["credential", "set"],
  summary: "Store a field of a credential; its value comes from standard input",
  notes: [
    "Without --kind a new credential is free-form. Without --field the value goes to the kind's main field:",
    ...CREDENTIAL_KINDS.map((kind) => `  ${kind}: ${fieldNames(kind)}`),
    "Agents that are allowed already stay allowed. Nobody else is ever given the credential.",
  ],
  args: [{ name: "NAME", summary: "Name of the credential; what agent.yaml names" }],
  flags: [
    { name: "kind", value: "K", summary: "Kind of a new credential", completion: CREDENTIAL_KINDS },
    { name: "field", value: "F", summary: "Field the value belongs to" },
    {
      name: "allow",
      value: "AGENT",
      summary: "Allow this agent to be given it; may be repeated",
      completion: "agent",
      isRepeated: true,
    },
    {
      name: "from",
      value: "FILE",
      summary: "Take the value from this file, byte for byte",
      completion: "file",
    },
    { name: "label", value: "TEXT", summary: "A few words for people" },
    { name: "expires", value: "DATE", summary: "Last day it is good for, e.g. 2027-01-31, or never" },
    PASSPHRASE_FILE,
  ],
  examples: [
    "pilothouse credential set shop-login --kind password --allow price-watcher",
    "pilothouse credential set gcp-key --kind google-key --allow price-watcher --from key.json",
    'printf %s "$TOKEN" | pilothouse credential set shop-token --kind token',
  ],
  takesSecret: true,
  async run(call) {
    const { kind, name } = { kind: kindOf(call), name: call.text("NAME") as CredentialName };
    const expiry = expiryOf(call);
    const link = await call.link();
    const field = call.text("field") || mainField(kind ?? (await knownKind(link, name)) ?? "free");
    await openVault(call, link, await storeOf(link, name));
    const common = {
      name,
      ...(kind === undefined ? {} : { kind }),
      ...(call.has("label") ? { label: call.text("label") } : {}),
      ...(expiry === undefined ? {} : { expiresAtMs: expiry }),
      allow: call
        .text("allow")
        .split(",")
        .filter((agent) => agent !== "") as AgentName[],
    };
    const { credential, warnings } = call.has("from")
      ? await importFile(link, { ...common, field, file: resolve(call.text("from")) })
      : await setValue(link, {
          ...common,
          fields: { [field]: await call.readSecret(promptOf(name, field)) },
        });
    for (const warning of warnings) call.terminal.note(warningText(warning));
    await call.answer(
      { ...credentialDocument(credential), warnings },
      `Stored ${name}.${field} in the ${STORE_WORDS[credential.store]}, for ${credential.allowedAgents.join(", ") || "nobody yet"}.`,
    );
    return 0;
  },
};

function promptOf(name: string, field: string): string {
  return `Value of ${name}.${field} (not shown):`;
}

function setValue(link: CoreLink, request: SetCredential): Promise<CredentialChange> {
  return link.tell((client) => client.credentials.set.mutate(request));
}

function importFile(link: CoreLink, request: ImportFile): Promise<CredentialChange> {
  return link.tell((client) => client.credentials.importFile.mutate(request));
}

/** What `credential set` and `rotate` mean when no field is named. */
export function mainField(kind: CredentialKind): string {
  return KIND_FIELDS[kind].find(({ isSecret }) => isSecret)?.name ?? FREE_FIELD;
}

/** `undefined` leaves the date as it is. */
export function expiryOf(call: Call): number | null | undefined {
  if (!call.has("expires")) return undefined;
  const text = call.text("expires");
  if (text === "never") return null;
  const endMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN;
  if (!Number.isNaN(endMs)) return endMs;
  throw new AppError("usage.invalid", `--expires ${text} is no date such as 2027-01-31`, {
    details: {
      argument: "--expires",
      problem: `is ${text}`,
      expected: "a date such as 2027-01-31, or never",
    },
  });
}

export async function knownKind(link: CoreLink, name: CredentialName): Promise<CredentialKind | null> {
  const all = await link.ask((client) => client.credentials.list.query());
  return all.find((credential) => credential.name === name)?.kind ?? null;
}

function kindOf(call: Call): CredentialKind | undefined {
  const text = call.text("kind");
  if (text === "") return undefined;
  const kind = CREDENTIAL_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  const expected = CREDENTIAL_KINDS.join(", ");
  throw new AppError("usage.invalid", `--kind ${text} is none of ${expected}`, {
    details: { argument: "--kind", problem: `is ${text}`, expected },
  });
}

function fieldNames(kind: CredentialKind): string {
  const names = KIND_FIELDS[kind].map(({ isRequired, name }) => (isRequired ? name : `${name} (optional)`));
  return names.length === 0 ? `any fields; ${FREE_FIELD} without --field` : names.join(", ");
}
