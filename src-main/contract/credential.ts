import { z } from "zod";
import { type AgentName, agentNameSchema, type RunId, type TargetId } from "./ids.ts";
import type { SecretStoreKind } from "./vault.ts";

/** Name of a credential, unique in one data folder; what a manifest names. */
export const credentialNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "a lower-case letter, then up to 62 lower-case letters, digits or -")
  .brand<"CredentialName">();
export type CredentialName = z.infer<typeof credentialNameSchema>;

export const fieldNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, "a letter, then up to 62 letters, digits, _ or -");

export const CREDENTIAL_KINDS = [
  "password",
  "token",
  "ssh-key",
  "tls-pair",
  "aws-keys",
  "google-key",
  "azure-keys",
  "free",
] as const;
export const credentialKindSchema = z.enum(CREDENTIAL_KINDS);
export type CredentialKind = z.infer<typeof credentialKindSchema>;

/** A field that a kind knows. */
export interface KindField {
  readonly name: string;
  /** False for what is no secret by itself, such as a user name: it is kept in the store too, and not masked. */
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** Typed into a box of several lines. */
  readonly isLong: boolean;
}

const secret = (name: string) => ({ name, isSecret: true, isRequired: true, isLong: false });
const plain = (name: string) => ({ name, isSecret: false, isRequired: true, isLong: false });

/** The fields of each kind; the first secret one is what `credential set` means without `--field`. */
export const KIND_FIELDS: Readonly<Record<CredentialKind, readonly KindField[]>> = {
  password: [{ ...plain("user"), isRequired: false }, secret("password")],
  token: [secret("token")],
  "ssh-key": [
    { ...plain("user"), isRequired: false },
    { ...secret("privateKey"), isLong: true },
    { ...secret("passphrase"), isRequired: false },
  ],
  "tls-pair": [
    { ...plain("certificate"), isLong: true },
    { ...secret("privateKey"), isLong: true },
    { ...secret("passphrase"), isRequired: false },
  ],
  "aws-keys": [
    plain("accessKeyId"),
    secret("secretAccessKey"),
    { ...secret("sessionToken"), isRequired: false },
  ],
  "google-key": [{ ...secret("json"), isLong: true }],
  "azure-keys": [plain("tenantId"), plain("clientId"), secret("clientSecret")],
  free: [],
};

/** Name of the one field a free-form credential has when none is named. */
export const FREE_FIELD = "value";

/** Values of up to this many bytes of UTF-8 are kept; a store may take less. */
export const LONGEST_VALUE_BYTES = 65_536;
/** Values with fewer characters are not masked: they would hide half of every log. */
export const LEAST_MASKED_CHARACTERS = 6;

/** A field that is set. Its value is never told. */
export interface CredentialField {
  readonly name: string;
  readonly isSecret: boolean;
  /** False when the value is too short to be masked in output. */
  readonly isMaskable: boolean;
  readonly changedAtMs: number;
}

/** One agent on one target that was given the credential. */
export interface CredentialUse {
  readonly agent: AgentName;
  readonly target: TargetId;
  readonly runId: RunId;
  readonly atMs: number;
}

/** `soon`: within 14 days. */
export const EXPIRY_WARNING_MS = 14 * 24 * 3_600_000;
export type ExpiryState = "none" | "valid" | "soon" | "expired";

/** A credential without its values. */
export interface Credential {
  readonly name: CredentialName;
  readonly kind: CredentialKind;
  readonly label: string;
  readonly store: SecretStoreKind;
  readonly fields: readonly CredentialField[];
  /** Nobody else is given it. */
  readonly allowedAgents: readonly AgentName[];
  /** Agents whose manifest names it now, allowed or not. */
  readonly namedBy: readonly AgentName[];
  readonly expiresAtMs: number | null;
  readonly expiry: ExpiryState;
  readonly lastUsedAtMs: number | null;
  /** Latest use per agent and target, newest first. */
  readonly usedBy: readonly CredentialUse[];
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

/** What a person should know about a change that was made. */
export interface CredentialWarning {
  /** `too-short-to-mask`: see `field`. `old-value-in-use`: live runs still have the earlier value. */
  readonly code: "too-short-to-mask" | "old-value-in-use";
  readonly field: string;
  readonly runs: number;
}

export interface CredentialChange {
  readonly credential: Credential;
  readonly warnings: readonly CredentialWarning[];
}

const fieldValuesSchema = z
  .record(fieldNameSchema, z.string().min(1, "empty"))
  .refine((fields) => Object.keys(fields).length <= 32, "at most 32 fields");

export const setCredentialSchema = z.object({
  name: credentialNameSchema,
  /** Needed for a new one; for one that is there it must be the same or absent. */
  kind: credentialKindSchema.optional(),
  label: z.string().max(200).optional(),
  /** Field to value. Fields that are not named stay as they are. */
  fields: fieldValuesSchema,
  /** Added to the agents that are allowed already. */
  allow: z.array(agentNameSchema).max(1_000).optional(),
  expiresAtMs: z.number().int().min(0).nullable().optional(),
});
export type SetCredential = z.infer<typeof setCredentialSchema>;

export const changeCredentialSchema = z.object({
  name: credentialNameSchema,
  label: z.string().max(200).optional(),
  /** Replaces the list. */
  allowedAgents: z.array(agentNameSchema).max(1_000).optional(),
  expiresAtMs: z.number().int().min(0).nullable().optional(),
});
export type ChangeCredential = z.infer<typeof changeCredentialSchema>;

export const rotateCredentialSchema = z.object({
  name: credentialNameSchema,
  fields: fieldValuesSchema.refine((fields) => Object.keys(fields).length > 0, "no field"),
  expiresAtMs: z.number().int().min(0).nullable().optional(),
});
export type RotateCredential = z.infer<typeof rotateCredentialSchema>;

/** Takes values from a `.env` file on this computer; they never pass through the caller. */
export const importEnvSchema = z.object({
  file: z.string().min(1).max(4096),
  /** Which variables of the file become which field of which credential. */
  take: z
    .array(
      z.object({ variable: z.string().min(1).max(200), name: credentialNameSchema, field: fieldNameSchema }),
    )
    .min(1)
    .max(100),
  /** Kind of credentials that are new. */
  kind: credentialKindSchema.default("free"),
  allow: z.array(agentNameSchema).max(1_000).default([]),
  /** Remove the file afterwards, once every value is stored and read back. */
  removesFile: z.boolean().default(false),
});
export type ImportEnv = z.infer<typeof importEnvSchema>;

export interface ImportResult {
  readonly credentials: readonly Credential[];
  readonly isFileRemoved: boolean;
}

/** Takes one field's value from a file on this computer, byte for byte. */
export const importFileSchema = z.object({
  name: credentialNameSchema,
  kind: credentialKindSchema.optional(),
  field: fieldNameSchema,
  file: z.string().min(1).max(4096),
  label: z.string().max(200).optional(),
  allow: z.array(agentNameSchema).max(1_000).default([]),
  expiresAtMs: z.number().int().min(0).nullable().optional(),
});
export type ImportFile = z.infer<typeof importFileSchema>;

export const copyCredentialSchema = z.object({ name: credentialNameSchema, field: fieldNameSchema });
export type CopyCredential = z.infer<typeof copyCredentialSchema>;

export interface ClipboardCopy {
  /** When the clipboard is cleared, if it still holds the value then. */
  readonly clearsAtMs: number;
}
