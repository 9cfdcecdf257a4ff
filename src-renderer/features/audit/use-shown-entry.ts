import type { AuditEntry } from "#contract/audit.ts";
import { useLiveAudit } from "../../rpc/index.ts";

/** The entry an address names: of the list when it is there, read by itself when a filter hides it. */
export function useShownEntry(seq: number, listed: readonly AuditEntry[]): AuditEntry | null {
  const isWanted = Number.isInteger(seq) && seq > 0;
  const page = useLiveAudit({ beforeSeq: isWanted ? seq + 1 : 1, limit: 1 }).data;
  if (!isWanted) return null;
  return [...listed, ...(page?.entries ?? [])].find((entry) => entry.seq === seq) ?? null;
}
