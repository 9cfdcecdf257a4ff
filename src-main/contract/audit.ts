import { z } from "zod";
import { type Door, doorSchema } from "./run.ts";

export const AUDIT_ACTIONS = [
  "credential.set",
  "credential.change",
  "credential.rotate",
  "credential.remove",
  "credential.copy",
  "credential.import",
  "credential.hand-over",
  "credential.log-in",
  "variable.set",
  "variable.remove",
  "vault.create",
  "vault.unlock",
  "vault.lock",
  "vault.choose",
  "sink.set",
  "sink.remove",
  "network.change",
  "consent.change",
] as const;
export const auditActionSchema = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof auditActionSchema>;

/**
 * `begun` is stored before anything happens; `done`, `failed` and `refused` say afterwards what became of it
 * and name it in `begunSeq`. A `begun` without one was cut short, for instance by a crash.
 */
export const AUDIT_OUTCOMES = ["begun", "done", "failed", "refused"] as const;
export const auditOutcomeSchema = z.enum(AUDIT_OUTCOMES);
export type AuditOutcome = z.infer<typeof auditOutcomeSchema>;

/** One entry of the audit trail. Values of secrets never enter it. */
export interface AuditEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly atMs: number;
  /** User of the operating system. */
  readonly who: string;
  readonly door: Door;
  readonly action: AuditAction;
  /** Name of the credential, variable, store, sink or agent; `network` for its settings. */
  readonly subject: string;
  readonly outcome: AuditOutcome;
  readonly begunSeq: number | null;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** SHA-256, hex, of the previous entry's hash and this entry; see `docs/audit.md`. */
  readonly hash: string;
}

const filterShape = {
  actions: z.array(auditActionSchema).optional(),
  outcomes: z.array(auditOutcomeSchema).optional(),
  doors: z.array(doorSchema).optional(),
  /** Users of the operating system, by their whole names. */
  users: z.array(z.string().min(1).max(256)).max(100).optional(),
  /** Whole names, as entries hold them. */
  subjects: z.array(z.string().min(1).max(4096)).max(100).optional(),
  /** Part of a subject, user or detail. */
  search: z.string().max(200).optional(),
  fromMs: z.number().int().optional(),
  toMs: z.number().int().optional(),
};

export const listAuditSchema = z.object({
  ...filterShape,
  limit: z.number().int().min(1).max(1_000).default(100),
  /** Newest first; only entries before this one. */
  beforeSeq: z.number().int().optional(),
  /** Oldest first from behind this one; for following. Goes before `beforeSeq`. */
  afterSeq: z.number().int().optional(),
});
export type ListAudit = z.infer<typeof listAuditSchema>;
export type AuditFilter = Omit<ListAudit, "limit" | "beforeSeq" | "afterSeq">;

/** What the trail can be filtered by, from all of its entries. */
export interface AuditNames {
  readonly users: readonly string[];
  /** The latest used first, at most `MOST_AUDIT_SUBJECTS`. */
  readonly subjects: readonly string[];
}
export const MOST_AUDIT_SUBJECTS = 500;

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly hasMore: boolean;
}

/**
 * - `missing`: an entry is gone, and later ones are there
 * - `changed`: an entry is not what was written
 * - `cut`: entries at the end are gone
 */
export type AuditFault = "missing" | "changed" | "cut";

/** Whether the chain holds. */
export interface AuditCheck {
  readonly entries: number;
  /** The first entry that does not fit what stands before it; null when all do. */
  readonly brokenAtSeq: number | null;
  /** What is wrong there, English; empty when nothing is. */
  readonly problem: string;
  readonly fault: AuditFault | null;
  /** How many entries were ever written; more than `entries` when some are gone. */
  readonly written: number;
  /** Hash of the last entry; written down elsewhere, it proves later that nothing before it was changed. */
  readonly headHash: string;
}

export const AUDIT_FORMATS = ["jsonl", "csv"] as const;
export const exportAuditSchema = z.object({
  ...filterShape,
  format: z.enum(AUDIT_FORMATS),
  /** Where the last piece ended; 0 for the beginning. */
  afterSeq: z.number().int().min(0).default(0),
});
export type ExportAudit = z.infer<typeof exportAuditSchema>;

/** A piece of an export, oldest entries first. */
export interface AuditExport {
  readonly text: string;
  /** Entries in this piece. */
  readonly count: number;
  /** Ask for the next piece from here; null after the last one. */
  readonly nextAfterSeq: number | null;
}
