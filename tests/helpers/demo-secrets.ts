import type { AuditAction, AuditCheck, AuditEntry, AuditOutcome } from "#contract/audit.ts";
import { type Credential, type CredentialName, credentialNameSchema } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import { type AgentName, agentNameSchema, THIS_COMPUTER } from "#contract/ids.ts";
import type { Door } from "#contract/run.ts";
import type { Variable, VariableChange } from "#contract/variable.ts";
import type { VaultStatus } from "#contract/vault.ts";
import type { EventJournal } from "#core/event-journal.ts";
import type { CoreFaces } from "#main/rpc/index.ts";
import { DEMO_NOW_MS, demoRunId } from "./demo-data.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type SecretFaces = Pick<CoreFaces, "vault" | "credentials" | "variables" | "audit">;

export interface DemoSecretsDeps {
  /** As the demo core: nothing yet, a working day, or little that works. */
  readonly scenario: "empty" | "full" | "failing";
  readonly journal: EventJournal;
}

const agent = (name: string): AgentName => agentNameSchema.parse(name);

function credential(name: string, change: Partial<Credential>): Credential {
  return {
    name: credentialNameSchema.parse(name),
    kind: "token",
    label: "",
    store: "passphrase",
    fields: [{ name: "token", isSecret: true, isMaskable: true, changedAtMs: DEMO_NOW_MS - 40 * DAY }],
    allowedAgents: [],
    namedBy: [],
    expiresAtMs: null,
    expiry: "none",
    lastUsedAtMs: null,
    usedBy: [],
    createdAtMs: DEMO_NOW_MS - 90 * DAY,
    changedAtMs: DEMO_NOW_MS - 40 * DAY,
    ...change,
  };
}

function demoCredentials(): Credential[] {
  const watcher = agent("price-watcher");
  const helper = agent("research-helper");
  return [
    credential("customs-login", {
      kind: "password",
      label: "Portal of the customs office",
      fields: [
        { name: "user", isSecret: false, isMaskable: true, changedAtMs: DEMO_NOW_MS - 12 * DAY },
        { name: "password", isSecret: true, isMaskable: true, changedAtMs: DEMO_NOW_MS - 12 * DAY },
      ],
      expiresAtMs: DEMO_NOW_MS + 5 * DAY,
      expiry: "soon",
      namedBy: [agent("form-filler")],
    }),
    credential("deploy-key", {
      kind: "ssh-key",
      label: "Warehouse server",
      fields: [
        { name: "privateKey", isSecret: true, isMaskable: true, changedAtMs: DEMO_NOW_MS - 200 * DAY },
      ],
      expiresAtMs: DEMO_NOW_MS - 3 * DAY,
      expiry: "expired",
      allowedAgents: [agent("status-page")],
    }),
    credential("research-api", {
      label: "Search in papers",
      expiresAtMs: DEMO_NOW_MS + 120 * DAY,
      expiry: "valid",
      allowedAgents: [helper],
      namedBy: [helper],
      lastUsedAtMs: DEMO_NOW_MS - 2 * HOUR,
      usedBy: [
        {
          agent: helper,
          target: THIS_COMPUTER,
          runId: demoRunId(DEMO_NOW_MS - 2 * HOUR, 3),
          atMs: DEMO_NOW_MS - 2 * HOUR,
        },
      ],
    }),
    credential("shop-login", {
      kind: "password",
      label: "Account of the buyer",
      fields: [
        { name: "user", isSecret: false, isMaskable: true, changedAtMs: DEMO_NOW_MS - 30 * DAY },
        { name: "password", isSecret: true, isMaskable: false, changedAtMs: DEMO_NOW_MS - 30 * DAY },
      ],
      allowedAgents: [watcher, agent("invoice-reader")],
      namedBy: [watcher, agent("nightly-backup")],
      lastUsedAtMs: DEMO_NOW_MS - 4 * 60_000,
      usedBy: [
        {
          agent: watcher,
          target: THIS_COMPUTER,
          runId: demoRunId(DEMO_NOW_MS, 1),
          atMs: DEMO_NOW_MS - 4 * 60_000,
        },
      ],
    }),
  ];
}

function demoVariables(): Variable[] {
  const watcher = agent("price-watcher");
  const base = { type: "text" as const, changedAtMs: DEMO_NOW_MS - 3 * DAY, usedBy: [] };
  return [
    { ...base, name: "REGION", agent: null, value: "EU", usedBy: [agent("research-helper")] },
    { ...base, name: "RETRIES", agent: null, type: "number", value: "3" },
    { ...base, name: "SEND_MAIL", agent: null, type: "boolean", value: "false" },
    {
      ...base,
      name: "SHOPS",
      agent: null,
      type: "json",
      value: '{"north":"https://north.example","harbour":"https://harbour.example/prices?page=1"}',
    },
    {
      ...base,
      name: "REGION",
      agent: watcher,
      value: "harbour",
      changedAtMs: DEMO_NOW_MS - HOUR,
      usedBy: [watcher],
    },
  ];
}

const HISTORY: readonly VariableChange[] = [
  { seq: 3, atMs: DEMO_NOW_MS - HOUR, who: "kim", door: "window", type: "text", value: "harbour" },
  { seq: 2, atMs: DEMO_NOW_MS - 3 * DAY, who: "kim", door: "cli", type: null, value: null },
  { seq: 1, atMs: DEMO_NOW_MS - 30 * DAY, who: "kim", door: "window", type: "text", value: "north" },
];

const STEPS: readonly (readonly [AuditAction, string, AuditOutcome, Door, AuditEntry["details"]])[] = [
  ["vault.unlock", "passphrase", "begun", "window", {}],
  ["vault.unlock", "passphrase", "done", "window", {}],
  [
    "credential.hand-over",
    "shop-login",
    "begun",
    "window",
    { agent: "price-watcher", fields: "user, password" },
  ],
  ["credential.hand-over", "shop-login", "done", "window", { agent: "price-watcher" }],
  ["credential.rotate", "deploy-key", "begun", "cli", { fields: "privateKey" }],
  ["credential.rotate", "deploy-key", "failed", "cli", { code: "data.disk_full" }],
  ["variable.set", "REGION", "done", "cli", { agent: "price-watcher", type: "text" }],
  [
    "credential.hand-over",
    "deploy-key",
    "refused",
    "restart-policy",
    { agent: "form-filler", code: "start.credential_not_allowed" },
  ],
];

function demoAudit(count: number): AuditEntry[] {
  return Array.from({ length: count }, (_, index): AuditEntry => {
    const [action, subject, outcome, door, details] = STEPS[index % STEPS.length] ?? STEPS[0] ?? fail();
    const seq = index + 1;
    return {
      seq,
      atMs: DEMO_NOW_MS - (count - index) * 7 * 60_000,
      who: "kim",
      door,
      action,
      subject,
      outcome,
      begunSeq: outcome === "begun" || action === "variable.set" ? null : seq - 1,
      details,
      hash: seq.toString(16).padStart(8, "0").repeat(8),
    };
  });
}

function fail(): never {
  throw new Error("no step");
}

const STATES = {
  empty: { keychain: "absent", passphrase: "absent" },
  full: { keychain: "locked", passphrase: "unlocked" },
  failing: { keychain: "hung", passphrase: "locked" },
} as const;

function demoVault(scenario: DemoSecretsDeps["scenario"]): VaultStatus {
  const { keychain, passphrase } = STATES[scenario];
  return {
    chosen: scenario === "empty" ? "keychain" : "passphrase",
    stores: [
      {
        store: "keychain",
        state: keychain,
        problem: keychain === "absent" ? "No Secret Service on the session bus" : "",
        action: keychain === "absent" ? "start-keyring" : "unlock",
      },
      {
        store: "passphrase",
        state: passphrase,
        problem: "",
        action: passphrase === "absent" ? "create" : "unlock",
      },
    ],
    atMs: DEMO_NOW_MS,
    waitMs: 0,
  };
}

/** Credentials, variables, audit and vault made of data: good for looking at screens, for nothing else. */
export function createDemoSecrets({ scenario, journal }: DemoSecretsDeps): SecretFaces {
  const credentials = new Map<CredentialName, Credential>(
    scenario === "empty" ? [] : demoCredentials().map((each) => [each.name, each]),
  );
  let variables = scenario === "empty" ? [] : demoVariables();
  const entries = scenario === "empty" ? [] : demoAudit(900);
  let status = demoVault(scenario);
  const check: AuditCheck = {
    entries: entries.length,
    brokenAtSeq: scenario === "failing" ? 893 : null,
    problem: scenario === "failing" ? "entry 893 is not what was written" : "",
    fault: scenario === "failing" ? "changed" : null,
    written: entries.length,
    headHash: entries.at(-1)?.hash ?? "",
  };

  function put(changed: Credential): Credential {
    credentials.set(changed.name, changed);
    journal.publish({ type: "credential.changed", credential: changed });
    return changed;
  }
  function get(name: CredentialName): Credential {
    const found = credentials.get(name);
    if (found === undefined) {
      throw new AppError("credential.not_found", "none", { details: { credential: name, nearest: "" } });
    }
    return found;
  }
  function putPassphrase(state: "locked" | "unlocked"): VaultStatus {
    const stores = status.stores.map((each) =>
      each.store === "passphrase" ? { ...each, state, action: "unlock" as const } : each,
    );
    status = { ...status, chosen: "passphrase", stores };
    journal.publish({ type: "vault.changed", status });
    return status;
  }
  const isSame = (one: Variable, other: { name: string; agent: Variable["agent"] }) =>
    one.name === other.name && one.agent === other.agent;

  return {
    vault: {
      status: async () => status,
      unlock: async () => putPassphrase("unlocked"),
      lock: async () => putPassphrase("locked"),
      create: async () => putPassphrase("unlocked"),
      choose: async ({ store }) => {
        status = { ...status, chosen: store };
        journal.publish({ type: "vault.changed", status });
        return status;
      },
    },
    credentials: {
      list: () => [...credentials.values()],
      get,
      set: async ({ name, kind = "free", label = "", fields, allow = [], expiresAtMs = null }) => ({
        credential: put(
          credential(name, {
            kind,
            label,
            expiresAtMs,
            allowedAgents: allow,
            fields: Object.keys(fields).map((field) => ({
              name: field,
              isSecret: true,
              isMaskable: true,
              changedAtMs: Date.now(),
            })),
          }),
        ),
        warnings: [],
      }),
      change: async ({ name, label, allowedAgents, expiresAtMs }) => {
        const known = get(name);
        return put({
          ...known,
          label: label ?? known.label,
          allowedAgents: allowedAgents ?? known.allowedAgents,
          expiresAtMs: expiresAtMs === undefined ? known.expiresAtMs : expiresAtMs,
        });
      },
      rotate: async ({ name }) => ({
        credential: put({ ...get(name), changedAtMs: Date.now() }),
        warnings: [],
      }),
      remove: async (name) => {
        credentials.delete(name);
        journal.publish({ type: "credential.removed", name });
      },
      readEnvNames: async (file) => {
        if (file.endsWith(".env")) return ["SHOP_TOKEN", "DATABASE_URL", "MAIL_PASSWORD"];
        throw new AppError("folder.unreadable", "none", { details: { folder: file } });
      },
      importEnv: async () => ({ credentials: [], isFileRemoved: false }),
      importFile: async ({ name }) => ({ credential: get(name), warnings: [] }),
      copy: async () => ({ clearsAtMs: Date.now() + 30_000 }),
    },
    variables: {
      list: () => variables,
      get: (ref) => {
        const found = variables.find((each) => isSame(each, ref));
        if (found !== undefined) return found;
        throw new AppError("variable.not_found", "none", { details: { variable: ref.name, nearest: "" } });
      },
      set: ({ name, agent: of, type = "text", value }) => {
        const variable: Variable = { name, agent: of, type, value, changedAtMs: Date.now(), usedBy: [] };
        variables = [...variables.filter((each) => !isSame(each, variable)), variable];
        journal.publish({ type: "variable.changed", name });
        return variable;
      },
      remove: (ref) => {
        variables = variables.filter((each) => !isSame(each, ref));
        journal.publish({ type: "variable.changed", name: ref.name });
      },
      history: () => HISTORY,
    },
    audit: {
      list: (request) => {
        const { search = "", beforeSeq = Number.MAX_SAFE_INTEGER, limit } = request;
        const found = entries
          .filter(
            (entry) =>
              entry.seq < beforeSeq &&
              (request.actions?.includes(entry.action) ?? true) &&
              (request.outcomes?.includes(entry.outcome) ?? true) &&
              (request.doors?.includes(entry.door) ?? true) &&
              (request.users?.includes(entry.who) ?? true) &&
              (request.subjects?.includes(entry.subject) ?? true) &&
              JSON.stringify(entry).includes(search),
          )
          .reverse();
        return { entries: found.slice(0, limit), hasMore: found.length > limit };
      },
      names: () => ({
        users: [...new Set(entries.map(({ who }) => who))],
        subjects: [...new Set(entries.map(({ subject }) => subject))],
      }),
      verify: async () => check,
      export: () => ({
        text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
        count: entries.length,
        nextAfterSeq: null,
      }),
    },
  };
}
