import {
  type Credential,
  type CredentialKind,
  type CredentialName,
  type CredentialUse,
  EXPIRY_WARNING_MS,
  type ExpiryState,
  KIND_FIELDS,
  LONGEST_VALUE_BYTES,
} from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import type { StoredCredential } from "./credential-records.ts";

/** A credential as it is shown. */
export function viewOf(
  stored: StoredCredential,
  around: { uses: readonly CredentialUse[]; namedBy: readonly AgentName[]; nowMs: number },
): Credential {
  const { fields, ...rest } = stored;
  return {
    ...rest,
    fields: fields.map(({ name, isSecret, isMaskable, changedAtMs }) => ({
      name,
      isSecret,
      isMaskable,
      changedAtMs,
    })),
    namedBy: around.namedBy,
    expiry: expiryOf(stored.expiresAtMs, around.nowMs),
    lastUsedAtMs: around.uses[0]?.atMs ?? null,
    usedBy: around.uses,
  };
}

export function expiryOf(expiresAtMs: number | null, nowMs: number): ExpiryState {
  if (expiresAtMs === null) return "none";
  if (expiresAtMs <= nowMs) return "expired";
  return expiresAtMs - nowMs <= EXPIRY_WARNING_MS ? "soon" : "valid";
}

/** Whether the field's value is a secret by itself; what a kind does not know is. */
export function isSecretField(kind: CredentialKind, field: string): boolean {
  return KIND_FIELDS[kind].find(({ name }) => name === field)?.isSecret ?? true;
}

/** @throws AppError `credential.invalid` for a field the kind does not have, `credential.too_long` */
export function checkFields(
  { name, kind }: { name: CredentialName; kind: CredentialKind },
  fields: Readonly<Record<string, string>>,
): void {
  const known = KIND_FIELDS[kind].map((field) => field.name);
  for (const [field, value] of Object.entries(fields)) {
    if (known.length > 0 && !known.includes(field)) {
      throw invalid(name, field, `a ${kind} has no field ${field}; it has ${known.join(", ")}`);
    }
    if (value.includes("\0")) throw invalid(name, field, "a value cannot hold a NUL character");
    const sizeBytes = Buffer.byteLength(value);
    if (sizeBytes > LONGEST_VALUE_BYTES) throw tooLong(name, field, sizeBytes);
  }
}

export function tooLong(name: CredentialName, field: string, sizeBytes: number): AppError {
  return new AppError(
    "credential.too_long",
    `${name}.${field} has ${sizeBytes} bytes; ${LONGEST_VALUE_BYTES} can be kept`,
    { details: { credential: name, field, sizeBytes, limitBytes: LONGEST_VALUE_BYTES } },
  );
}

export function invalid(credential: string, field: string, problem: string): AppError {
  return new AppError("credential.invalid", `${credential}.${field}: ${problem}`, {
    details: { credential, field, problem },
  });
}
