import { createHash } from "node:crypto";
import type { AuditEntry } from "#contract/audit.ts";
import { canonicalJson } from "#core/canonical-json.ts";

/** What stands before the first entry. */
export const CHAIN_BEGINNING = "";

/** SHA-256 over the previous hash, a line feed and the entry as canonical JSON; in hex. */
export function auditHash(previousHash: string, entry: Omit<AuditEntry, "hash">): string {
  const { seq, atMs, who, door, action, subject, outcome, begunSeq, details } = entry;
  const text = canonicalJson({ seq, atMs, who, door, action, subject, outcome, begunSeq, details });
  return createHash("sha256").update(`${previousHash}\n${text}`).digest("hex");
}
