import type { Credential, CredentialWarning, ExpiryState } from "#contract/credential.ts";
import type { StoreReport, VaultState, VaultStatus } from "#contract/vault.ts";
import { isoOf } from "./run-text.ts";
import { table } from "./table.ts";
import { type Colour, harmless, type Terminal } from "./terminal.ts";

const STATES: Readonly<Record<VaultState, { shape: string; colour: Colour }>> = {
  unlocked: { shape: "✓", colour: "green" },
  locked: { shape: "■", colour: "yellow" },
  absent: { shape: "○", colour: "grey" },
  hung: { shape: "!", colour: "red" },
  denied: { shape: "✕", colour: "red" },
};

/** Where nothing could be stored. */
const NO_STORE =
  "Make a passphrase vault with pilothouse vault create, or log in to a desktop that has a keychain.";

const EXPIRY_COLOURS: Readonly<Record<ExpiryState, Colour | null>> = {
  none: null,
  valid: null,
  soon: "yellow",
  expired: "red",
};

/** A credential as programs get it. There is no value in it. */
export function credentialDocument(credential: Credential) {
  const { changedAtMs, createdAtMs, expiresAtMs, fields, lastUsedAtMs, usedBy, ...rest } = credential;
  return {
    ...rest,
    fields: fields.map((field) => ({
      ...field,
      changedAtMs: undefined,
      changedAt: isoOf(field.changedAtMs),
    })),
    expiresAt: timeOrNull(expiresAtMs),
    lastUsedAt: timeOrNull(lastUsedAtMs),
    usedBy: usedBy.map(({ agent, atMs, runId, target }) => ({ agent, target, run: runId, at: isoOf(atMs) })),
    createdAt: isoOf(createdAtMs),
    changedAt: isoOf(changedAtMs),
  };
}

export function credentialTable(credentials: readonly Credential[], terminal: Terminal): string {
  if (credentials.length === 0) return "There are no credentials.";
  const rows = credentials.map((credential) => [
    credential.name,
    credential.kind,
    credential.fields.map(({ name }) => name).join(","),
    credential.allowedAgents.join(",") || "nobody",
    terminal.colour(expiryText(credential), EXPIRY_COLOURS[credential.expiry]),
    credential.store,
  ]);
  return table([["NAME", "KIND", "FIELDS", "ALLOWED FOR", "EXPIRES", "STORE"], ...rows]);
}

export function credentialText(credential: Credential, terminal: Terminal): string {
  const uses = credential.usedBy.map(({ agent, atMs, target }) => `${agent} on ${target}, ${isoOf(atMs)}`);
  return table([
    ["name", credential.name],
    ["kind", credential.kind],
    ...(credential.label === "" ? [] : [["label", harmless(credential.label)]]),
    ["store", credential.store],
    ["fields", credential.fields.map(fieldText).join(", ")],
    ["allowed for", credential.allowedAgents.join(", ") || "nobody"],
    ["named by", credential.namedBy.join(", ") || "no agent"],
    ["expires", terminal.colour(expiryText(credential), EXPIRY_COLOURS[credential.expiry])],
    ["used by", uses.join("; ") || "nobody yet"],
    ["changed", isoOf(credential.changedAtMs)],
  ]);
}

/** What a person should know about a change, one line each. */
export function warningText({ code, field, runs }: CredentialWarning): string {
  return code === "too-short-to-mask"
    ? `${field} has fewer than six characters and will not be masked in output.`
    : `${runs} live run${runs === 1 ? "" : "s"} still ${runs === 1 ? "has" : "have"} the earlier value.`;
}

export function vaultText({ chosen, stores, waitMs }: VaultStatus, terminal: Terminal): string {
  const rows = stores.map((report) => [
    storeState(report, terminal),
    report.store,
    report.state,
    harmless(report.problem),
    report.store === chosen ? "← new values go here" : "",
  ]);
  const wait = waitMs === 0 ? [] : [`The next passphrase is tried in ${Math.ceil(waitMs / 1_000)} s.`];
  const isThere = stores.some(({ state }) => state !== "absent");
  return [table(rows), ...wait, ...(isThere ? [] : [NO_STORE])].join("\n");
}

function storeState({ state }: StoreReport, terminal: Terminal): string {
  const { shape, colour } = STATES[state];
  return terminal.colour(shape, colour);
}

function fieldText({ isMaskable, isSecret, name }: Credential["fields"][number]): string {
  return isSecret && !isMaskable ? `${name} (too short to be masked)` : name;
}

function expiryText({ expiresAtMs, expiry }: Credential): string {
  if (expiresAtMs === null) return "never";
  const day = isoOf(expiresAtMs).slice(0, 10);
  if (expiry === "expired") return `expired ${day}`;
  return expiry === "soon" ? `soon: ${day}` : day;
}

function timeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoOf(atMs);
}
