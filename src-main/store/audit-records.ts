import {
  type AuditEntry,
  type AuditNames,
  auditActionSchema,
  auditOutcomeSchema,
  type ListAudit,
  MOST_AUDIT_SUBJECTS,
} from "#contract/audit.ts";
import { doorSchema } from "#contract/run.ts";
import type { AuditRecords, NewAuditEntry } from "#main/audit/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

interface AuditRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly who: string;
  readonly door: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  readonly begun_seq: number | null;
  readonly details_json: string;
  readonly hash: string;
}

/** The audit trail in SQLite. */
export class SqliteAuditRecords implements AuditRecords {
  readonly #access: StoreAccess;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.#statements = prepare(access);
  }

  append(
    entry: NewAuditEntry,
    hashOf: (previousHash: string, entry: Omit<AuditEntry, "hash">) => string,
  ): AuditEntry {
    const { writer, file } = this.#access;
    const { head, insert, last } = this.#statements;
    const store = writer.transaction((): AuditEntry => {
      const numbered = { ...entry, seq: (last.get() ?? 0) + 1 };
      const whole = { ...numbered, hash: hashOf(head.get() ?? "", numbered) };
      insert.run({
        seq: whole.seq,
        atMs: whole.atMs,
        who: whole.who,
        door: whole.door,
        action: whole.action,
        subject: whole.subject,
        outcome: whole.outcome,
        begunSeq: whole.begunSeq,
        details: JSON.stringify(whole.details),
        hash: whole.hash,
      });
      return whole;
    });
    return translated(file, () => store.immediate());
  }

  list(request: ListAudit): readonly AuditEntry[] {
    const { ascending, descending } = this.#statements;
    const filter = {
      actions: request.actions === undefined ? null : JSON.stringify(request.actions),
      outcomes: request.outcomes === undefined ? null : JSON.stringify(request.outcomes),
      doors: request.doors === undefined ? null : JSON.stringify(request.doors),
      users: request.users === undefined ? null : JSON.stringify(request.users),
      subjects: request.subjects === undefined ? null : JSON.stringify(request.subjects),
      search: request.search === undefined || request.search === "" ? null : request.search.toLowerCase(),
      fromMs: request.fromMs ?? null,
      toMs: request.toMs ?? null,
      limit: request.limit + 1,
    };
    const rows = translated(this.#access.file, () =>
      request.afterSeq === undefined
        ? descending.all({ ...filter, seq: request.beforeSeq ?? Number.MAX_SAFE_INTEGER })
        : ascending.all({ ...filter, seq: request.afterSeq }),
    );
    return rows.map(entryOf);
  }

  names(): AuditNames {
    const { subjects, users } = this.#statements;
    return translated(this.#access.file, () => ({
      users: users.all(),
      subjects: subjects.all(MOST_AUDIT_SUBJECTS),
    }));
  }

  lastSeq(): number {
    return translated(this.#access.file, () => this.#statements.last.get() ?? 0);
  }
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    atMs: row.at_ms,
    who: row.who,
    door: doorSchema.parse(row.door),
    action: auditActionSchema.parse(row.action),
    subject: row.subject,
    outcome: auditOutcomeSchema.parse(row.outcome),
    begunSeq: row.begun_seq,
    details: JSON.parse(row.details_json) as AuditEntry["details"],
    hash: row.hash,
  };
}

function prepare({ writer, reader }: StoreAccess) {
  return {
    head: writer.prepare<[], string>("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").pluck(),
    // What AUTOINCREMENT remembers outlives rows that somebody takes away.
    last: writer.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").pluck(),
    insert: writer.prepare<[object]>(`
      INSERT INTO audit (seq, at_ms, who, door, action, subject, outcome, begun_seq, details_json, hash)
      VALUES (:seq, :atMs, :who, :door, :action, :subject, :outcome, :begunSeq, :details, :hash)`),
    users: reader.prepare<[], string>("SELECT DISTINCT who FROM audit ORDER BY who").pluck(),
    subjects: reader
      .prepare<[number], string>("SELECT subject FROM audit GROUP BY subject ORDER BY max(seq) DESC LIMIT ?")
      .pluck(),
    descending: reader.prepare<[object], AuditRow>(`
      SELECT * FROM audit
      WHERE seq < :seq
        AND (:actions IS NULL OR action IN (SELECT value FROM json_each(:actions)))
        AND (:outcomes IS NULL OR outcome IN (SELECT value FROM json_each(:outcomes)))
        AND (:doors IS NULL OR door IN (SELECT value FROM json_each(:doors)))
        AND (:users IS NULL OR who IN (SELECT value FROM json_each(:users)))
        AND (:subjects IS NULL OR subject IN (SELECT value FROM json_each(:subjects)))
        AND (:fromMs IS NULL OR at_ms >= :fromMs) AND (:toMs IS NULL OR at_ms < :toMs)
        AND (:search IS NULL OR instr(lower(subject || ' ' || who || ' ' || details_json), :search) > 0)
      ORDER BY seq DESC LIMIT :limit`),
    ascending: reader.prepare<[object], AuditRow>(`
      SELECT * FROM audit
      WHERE seq > :seq
        AND (:actions IS NULL OR action IN (SELECT value FROM json_each(:actions)))
        AND (:outcomes IS NULL OR outcome IN (SELECT value FROM json_each(:outcomes)))
        AND (:doors IS NULL OR door IN (SELECT value FROM json_each(:doors)))
        AND (:users IS NULL OR who IN (SELECT value FROM json_each(:users)))
        AND (:subjects IS NULL OR subject IN (SELECT value FROM json_each(:subjects)))
        AND (:fromMs IS NULL OR at_ms >= :fromMs) AND (:toMs IS NULL OR at_ms < :toMs)
        AND (:search IS NULL OR instr(lower(subject || ' ' || who || ' ' || details_json), :search) > 0)
      ORDER BY seq LIMIT :limit`),
  };
}
