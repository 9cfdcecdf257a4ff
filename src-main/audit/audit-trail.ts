import type {
  AuditAction,
  AuditCheck,
  AuditEntry,
  AuditExport,
  AuditFault,
  AuditNames,
  AuditOutcome,
  AuditPage,
  ExportAudit,
  ListAudit,
} from "#contract/audit.ts";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { Door } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { auditHash, CHAIN_BEGINNING } from "./audit-hash.ts";
import type { AuditRecords } from "./audit-records.ts";
import { auditCsv, auditCsvHead, auditJson } from "./audit-text.ts";

export interface AuditTrailDeps {
  readonly records: AuditRecords;
  readonly clock: Clock;
  /** User of the operating system the core runs as. */
  readonly who: string;
  readonly publish: (event: CoreEvent) => void;
  /** Told when the outcome of something that did happen could not be written down. */
  readonly onTrouble: (error: unknown, begunSeq: number) => void;
}

/** Something that is about to happen. */
export interface AuditedAct {
  readonly door: Door;
  readonly action: AuditAction;
  readonly subject: string;
  readonly details?: AuditEntry["details"];
}

const PIECE = 500;

/**
 * Who did what, written down before it takes effect.
 *
 * 1. `begin` returns once the entry is on the disk; when it throws, nothing may be done.
 * 2. The outcome follows as an entry of its own. What did happen is not undone when that entry cannot be written.
 * 3. Each entry's hash covers the one before, so a changed, removed or inserted entry shows in `verify`.
 */
export class AuditTrail {
  readonly #deps: AuditTrailDeps;

  constructor(deps: AuditTrailDeps) {
    this.#deps = deps;
  }

  /** @returns the number of the entry, for `settle`. @throws AppError `data.*` when it cannot be stored */
  begin(act: AuditedAct): number {
    return this.#append(act, "begun", null).seq;
  }

  /** Says what became of it. Never throws: it has happened. */
  settle(
    begunSeq: number,
    act: AuditedAct,
    end: { outcome: Exclude<AuditOutcome, "begun">; details?: AuditEntry["details"] },
  ): void {
    try {
      this.#append({ ...act, details: end.details ?? {} }, end.outcome, begunSeq);
    } catch (error) {
      this.#deps.onTrouble(error, begunSeq);
    }
  }

  /** Does `effect` between its two entries. */
  async around<T>(act: AuditedAct, effect: () => Promise<T>): Promise<T> {
    const begunSeq = this.begin(act);
    try {
      const result = await effect();
      this.settle(begunSeq, act, { outcome: "done" });
      return result;
    } catch (error) {
      this.settle(begunSeq, act, endOf(error));
      throw error;
    }
  }

  /** Like `around`, for what the database does at once. */
  aroundSync<T>(act: AuditedAct, effect: () => T): T {
    const begunSeq = this.begin(act);
    try {
      const result = effect();
      this.settle(begunSeq, act, { outcome: "done" });
      return result;
    } catch (error) {
      this.settle(begunSeq, act, endOf(error));
      throw error;
    }
  }

  list(request: ListAudit): AuditPage {
    const found = this.#deps.records.list(request);
    return { entries: found.slice(0, request.limit), hasMore: found.length > request.limit };
  }

  names(): AuditNames {
    return this.#deps.records.names();
  }

  async verify(): Promise<AuditCheck> {
    let previous = CHAIN_BEGINNING;
    let seq = 0;
    const written = this.#deps.records.lastSeq();
    const broken = (fault: AuditFault): AuditCheck => {
      const problem = PROBLEMS[fault](seq + 1, written);
      return { entries: seq, brokenAtSeq: seq + 1, problem, fault, written, headHash: previous };
    };
    for (;;) {
      const entries = this.#deps.records.list({ limit: PIECE, afterSeq: seq }).slice(0, PIECE);
      for (const entry of entries) {
        const fault = faultOf(entry, seq + 1, previous);
        if (fault !== null) return broken(fault);
        seq += 1;
        previous = entry.hash;
      }
      if (entries.length === 0) break;
      await new Promise<void>((resolve) => this.#deps.clock.after(0, resolve));
    }
    if (written > seq) return broken("cut");
    return { entries: seq, brokenAtSeq: null, problem: "", fault: null, written: seq, headHash: previous };
  }

  export(request: ExportAudit): AuditExport {
    const { format, afterSeq, ...filter } = request;
    const found = this.#deps.records.list({ ...filter, limit: PIECE, afterSeq });
    const entries = found.slice(0, PIECE);
    const head = format === "csv" && afterSeq === 0 ? [auditCsvHead()] : [];
    const rows = entries.map(format === "csv" ? auditCsv : auditJson);
    const end = format === "csv" ? "\r\n" : "\n";
    return {
      text: [...head, ...rows].map((row) => row + end).join(""),
      count: entries.length,
      nextAfterSeq: found.length > PIECE ? (entries.at(-1)?.seq ?? null) : null,
    };
  }

  #append(act: AuditedAct, outcome: AuditOutcome, begunSeq: number | null): AuditEntry {
    const { clock, publish, records, who } = this.#deps;
    const { action, door, subject, details = {} } = act;
    const entry = records.append(
      { atMs: clock.nowMs(), who, door, action, subject, outcome, begunSeq, details },
      auditHash,
    );
    publish({ type: "audit.added", seq: entry.seq });
    return entry;
  }
}

/** A refusal is our own word; anything else went wrong on the way. */
function endOf(error: unknown): { outcome: "refused" | "failed"; details: AuditEntry["details"] } {
  if (!(error instanceof AppError)) return { outcome: "failed", details: { code: "app.bug" } };
  const isOwn = /^(credential|variable|start|usage|network)\.|^vault\.(wrong|too|exists)/.test(error.code);
  return { outcome: isOwn ? "refused" : "failed", details: { code: error.code } };
}

const PROBLEMS: Readonly<Record<AuditFault, (seq: number, written: number) => string>> = {
  missing: (seq) => `entry ${seq} is missing`,
  changed: (seq) => `entry ${seq} is not what was written`,
  cut: (seq, written) => `the trail ends at ${seq - 1}, and ${written} entries were written`,
};

function faultOf(entry: AuditEntry, seq: number, previous: string): AuditFault | null {
  if (entry.seq !== seq) return "missing";
  const { hash, ...rest } = entry;
  return auditHash(previous, rest) === hash ? null : "changed";
}
