export { composeSecrets, type SecretParts } from "./compose-secrets.ts";
export type { CredentialRecords, Leftover, StoredCredential } from "./credential-records.ts";
export type { HandedSecrets, HandOverRequest } from "./hand-over.ts";
export { isUnavailable, stateOf } from "./store-report.ts";
export type { StoredVariable, VariableRecords } from "./variable-records.ts";
