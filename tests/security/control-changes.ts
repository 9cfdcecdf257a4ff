import { CANARIES } from "./canaries.ts";
import type { ControlSightings } from "./canary-controls-main.ts";
import type { SourceChange } from "./source-changes.ts";

/** What keeps a value where it belongs, how it is switched off, and how that shows. */
export interface Control {
  readonly name: string;
  readonly changes: readonly SourceChange[];
  /** True once the control is switched off, and only then. */
  readonly isBroken: (seen: ControlSightings) => boolean;
}

const HAND_OVER = "vault/hand-over.ts";
const PRIVATE_FILES = "drivers/process/supervisor/private-files.ts";
const SECRET_FOLDERS = "drivers/shared/secret-folders.ts";
const CREDENTIALS = "vault/credentials.ts";
const TRAIL = "audit/audit-trail.ts";
const VAULT_FORMAT = "vault/passphrase/vault-format.ts";
const SUPERVISED = "drivers/process/supervisor/supervised-run.ts";

const DATABASE = /^pilothouse\.db/;
const hasHit = (files: readonly string[], place: RegExp) => files.some((file) => place.test(file));

/** Two groups that can be switched off together without one hiding another. */
export const CONTROL_GROUPS: readonly (readonly Control[])[] = [
  [
    {
      name: "masking, before the first byte is written",
      changes: [
        {
          file: "drivers/shared/masked-output.ts",
          find: "const forms = secretForms(masked);",
          put: "const forms = secretForms(masked.slice(masked.length));",
        },
      ],
      isBroken: ({ hits }) => hasHit(hits.password, /\/spool\//) || hasHit(hits.password, /^logs\//),
    },
    {
      name: "private files are removed with their run",
      changes: [
        { file: PRIVATE_FILES, find: "rmSync(secrets.folder,", put: "(() => undefined)(secrets.folder," },
        {
          file: SECRET_FOLDERS,
          find: "await rm(await this.of(runId), { recursive: true, force: true });",
          put: "await this.of(runId);",
        },
      ],
      isBroken: ({ privateFilesAfterRun }) => privateFilesAfterRun.length > 0,
    },
    {
      name: "private files of what died are swept away by the next core",
      changes: [
        {
          file: SECRET_FOLDERS,
          find: "await rm(join(place, runId.data), { recursive: true, force: true });",
          put: "",
        },
      ],
      isBroken: ({ privateFilesAfterSweep }) => privateFilesAfterSweep.length > 0,
    },
    {
      name: "a private file is readable by its user alone",
      changes: [{ file: PRIVATE_FILES, find: "mode: 0o600", put: "mode: 0o644" }],
      isBroken: ({ fileMode }) => fileMode !== 0o600,
    },
    {
      name: "a run inherits nothing but the names on a list",
      changes: [
        {
          file: "drivers/process/run-environment.ts",
          find: "...inheritEnvironment(sources.host, sources.platform),",
          put: "...(sources.host as Record<string, string>),",
        },
      ],
      isBroken: ({ agentEnvironment }) => agentEnvironment.includes(CANARIES.host),
    },
    {
      name: "a run gets the fields its manifest names and no others",
      changes: [
        {
          file: HAND_OVER,
          find: "return [...new Set([...fields, ...(fd === undefined ? [] : [fd.field])])];",
          put: 'return [...new Set([...fields, ...(fd === undefined ? [] : [fd.field]), "extra"])];',
        },
        {
          file: HAND_OVER,
          find: "env: Object.fromEntries(Object.entries(use.env ?? {}).map(([field, env]) => [env, read(field)])),",
          put: "env: Object.fromEntries(Object.entries({ ...use.env, extra: 'EXTRA' }).map(([field, env]) => [env, read(field)])),",
        },
        {
          file: HAND_OVER,
          find: "if (credential.fields.some((known) => known.name === field)) continue;",
          put: "continue;",
        },
        { file: HAND_OVER, find: "if (value === null) {", put: 'if (value === null && field !== "extra") {' },
        { file: HAND_OVER, find: "values.set(field, value);", put: 'values.set(field, value ?? "");' },
      ],
      isBroken: ({ agentEnvironment }) => agentEnvironment.includes(CANARIES.unnamed),
    },
    {
      name: "an agent that nobody allowed it gets nothing",
      changes: [
        { file: HAND_OVER, find: "if (!credential.allowedAgents.includes(agent)) {", put: "if (false) {" },
      ],
      isBroken: ({ strangerGot }) => strangerGot !== "",
    },
    {
      name: "values are handed over in no argument",
      changes: [
        {
          file: SUPERVISED,
          find: "return spawn(program, args, {",
          put: "return spawn(program, [...args, ...Object.values(order.secrets?.env ?? {})], {",
        },
      ],
      isBroken: ({ commandsHoldValue }) => commandsHoldValue,
    },
    {
      name: "no process but the run has a value in its environment",
      changes: [
        {
          file: SUPERVISED,
          find: "if (!(child instanceof Error)) feedDescriptors(child, secrets);",
          // It ends with the supervisor, whose end it reads.
          put: 'spawn("cat", { stdio: ["pipe", "ignore", "ignore"], env: { ...process.env, ...secrets.env } }).unref();\nif (!(child instanceof Error)) feedDescriptors(child, secrets);',
        },
      ],
      isBroken: ({ environments }) => environments.some(({ isOfRun }) => !isOfRun),
    },
  ],
  [
    {
      name: "a use is on the trail before a value is asked for",
      changes: [
        {
          file: TRAIL,
          find: "  async around<T>(act: AuditedAct, effect: () => Promise<T>): Promise<T> {\n    const begunSeq = this.begin(act);\n    try {\n      const result = await effect();",
          put: "  async around<T>(act: AuditedAct, effect: () => Promise<T>): Promise<T> {\n    let begunSeq = 0;\n    try {\n      const result = await effect();\n      begunSeq = this.begin(act);",
        },
      ],
      isBroken: ({ isFetchOnTrail }) => !isFetchOnTrail,
    },
    {
      name: "the trail takes names of fields and no values",
      changes: [
        {
          file: CREDENTIALS,
          find: 'const details = { fields: Object.keys(fields).join(" "), allow: allow.join(" ") };',
          put: 'const details = { fields: Object.values(fields).join(" "), allow: allow.join(" ") };',
        },
      ],
      isBroken: ({ trail }) => trail.includes(CANARIES.rotated),
    },
    {
      name: "what is known about a credential holds no value",
      changes: [
        {
          file: CREDENTIALS,
          find: "records.save({ ...credential, fields: [...kept",
          put: 'records.save({ ...credential, label: values["key"] ?? "", fields: [...kept',
        },
      ],
      isBroken: ({ hits, areAnswersClean }) => hasHit(hits.key, DATABASE) && !areAnswersClean,
    },
    {
      name: "a refusal does not repeat the value",
      changes: [
        {
          file: "vault/credential-view.ts",
          find: "if (sizeBytes > LONGEST_VALUE_BYTES) throw tooLong(name, field, sizeBytes);",
          put: "if (sizeBytes > LONGEST_VALUE_BYTES) throw new Error(value);",
        },
      ],
      isBroken: ({ refusal }) => refusal.includes("cnry-long"),
    },
    {
      name: "nobody leads connections elsewhere without a trace",
      changes: [
        {
          file: "system/system.ts",
          find: 'return await audit.around({ door, action: "network.change", subject: "network", details }, async () => {',
          put: "return await (async (_act: object, effect: () => Promise<Settings>) => effect())({ door, details, audit }, async () => {",
        },
      ],
      isBroken: ({ isNetworkOnTrail }) => !isNetworkOnTrail,
    },
    {
      name: "nobody says yes for an agent without a trace",
      changes: [
        {
          file: "runs/run-consents.ts",
          find: 'audit.aroundSync({ door, action: "consent.change", subject: agent, details }, () => {',
          put: "((_act: object, effect: () => void) => effect())({ door, details, audit }, () => {",
        },
      ],
      isBroken: ({ isConsentOnTrail }) => !isConsentOnTrail,
    },
    {
      name: "the passphrase vault is encrypted",
      changes: [
        {
          file: VAULT_FORMAT,
          find: 'const hidden = Buffer.concat([cipher.update(JSON.stringify(entries), "utf8"), cipher.final()]);',
          put: "cipher.final();\nconst hidden = Buffer.from(JSON.stringify(entries));",
        },
        {
          file: VAULT_FORMAT,
          find: 'const text = Buffer.concat([decipher.update(hidden), decipher.final()]).toString("utf8");',
          put: 'const text = hidden.toString("utf8");',
        },
      ],
      isBroken: ({ hits }) => hits.kept.includes("vault.bin"),
    },
  ],
];

export const CONTROLS: readonly Control[] = CONTROL_GROUPS.flat();
