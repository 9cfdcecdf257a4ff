import type { AuditEntry } from "#contract/audit.ts";

/** Entries newest first, each once, whichever of two answers brought it; the same list when nothing is new. */
export function mergeEntries(
  known: readonly AuditEntry[],
  read: readonly AuditEntry[],
): readonly AuditEntry[] {
  const seqs = new Set(known.map(({ seq }) => seq));
  const added = read.filter(({ seq }) => !seqs.has(seq));
  if (added.length === 0) return known;
  return [...known, ...added].sort((a, b) => b.seq - a.seq);
}

/** Whether there may be entries between the newest page and what was known before: then the older ones are let go. */
export function hasGap(known: readonly AuditEntry[], page: readonly AuditEntry[], hasMore: boolean): boolean {
  const newest = known[0];
  const oldest = page.at(-1);
  return hasMore && newest !== undefined && oldest !== undefined && oldest.seq > newest.seq;
}
