import { useEffect, useRef, useState } from "react";
import type { AuditEntry, AuditFilter } from "#contract/audit.ts";
import { type Failure, toFailure, useLiveAudit, useRpc } from "../../rpc/index.ts";
import { hasGap, mergeEntries } from "./audit-list.ts";

const PAGE = 200;
/** Entries the table keeps; a person who looks for an older one narrows the filter. */
const MAX_ENTRIES = 20_000;

export interface AuditList {
  readonly entries: readonly AuditEntry[];
  readonly hasMore: boolean;
  readonly isPending: boolean;
  readonly failure: Failure | null;
  readonly refetch: () => void;
  /** Reads the next older page, when there is one. */
  readonly more: () => void;
}

interface Known {
  readonly of: string;
  readonly entries: readonly AuditEntry[];
  readonly hasMore: boolean;
}

/** Entries of a filter, newest first: the newest live, older ones as they are asked for. */
export function useAuditList(filter: AuditFilter): AuditList {
  const rpc = useRpc();
  const filterText = JSON.stringify(filter);
  const live = useLiveAudit({ ...filter, limit: PAGE });
  const [known, setKnown] = useState<Known>({ of: filterText, entries: [], hasMore: false });
  const [failure, setFailure] = useState<Failure | null>(null);
  const isReading = useRef(false);
  // Entries of the filter before must not be merged with those of this one, which they need not fit.
  const page = live.isOfEarlier ? undefined : live.data;

  useEffect(() => {
    if (page === undefined) return;
    setKnown((before) => {
      const isFresh = before.of !== filterText || hasGap(before.entries, page.entries, page.hasMore);
      if (isFresh || before.entries.length === 0) {
        return { of: filterText, entries: page.entries, hasMore: page.hasMore };
      }
      return { ...before, entries: mergeEntries(before.entries, page.entries) };
    });
  }, [page, filterText]);

  const { entries, hasMore } = known;
  async function readOlder(): Promise<void> {
    const beforeSeq = entries.at(-1)?.seq;
    if (isReading.current || beforeSeq === undefined || !hasMore || entries.length >= MAX_ENTRIES) return;
    isReading.current = true;
    try {
      const older = await rpc.audit.list.query({ ...filter, beforeSeq, limit: PAGE });
      setKnown((before) =>
        before.of === filterText
          ? { ...before, entries: mergeEntries(before.entries, older.entries), hasMore: older.hasMore }
          : before,
      );
      setFailure(null);
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      isReading.current = false;
    }
  }

  return {
    entries: known.of === filterText || live.isOfEarlier ? entries : [],
    hasMore,
    isPending: live.isPending,
    failure: live.failure ?? failure,
    refetch: live.refetch,
    more: () => void readOlder(),
  };
}
