import type { AuditEntry, AuditNames, ListAudit } from "#contract/audit.ts";

/** An entry before it has its place in the chain. */
export type NewAuditEntry = Omit<AuditEntry, "seq" | "hash">;

/** The audit table. It only ever grows; the database itself refuses to change or remove a row. */
export interface AuditRecords {
  /**
   * Appends in one transaction, durable when the call returns.
   *
   * @param hashOf given the hash of the entry before, empty for the first, and the entry with its number
   */
  append(
    entry: NewAuditEntry,
    hashOf: (previousHash: string, entry: Omit<AuditEntry, "hash">) => string,
  ): AuditEntry;
  /** Newest first, or oldest first from behind `afterSeq`. One more than asked for, when there is more. */
  list(request: ListAudit): readonly AuditEntry[];
  /** Users and subjects of all entries. */
  names(): AuditNames;
  /** The highest number ever given out; 0 for none. */
  lastSeq(): number;
}
