import { z } from "zod";
import { agentNameSchema, runIdSchema } from "#contract/ids.ts";
import { type SetSink, type SinkName, setSinkSchema } from "#contract/log-sink.ts";
import { isFinal, runStateSchema } from "#contract/run.ts";
import type { PendingRun, SinkPlace, SinkProgress, SinkRecords, StoredSink } from "#main/sinks/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

interface SinkRow {
  readonly settings_json: string;
  readonly since_ms: number;
  readonly target_state: string | null;
  readonly last_sent_at_ms: number | null;
  readonly sent_lines: number;
  readonly refused_lines: number;
  readonly missed_logs: number;
}

const pendingRowSchema = z.object({
  run_id: runIdSchema,
  agent: agentNameSchema,
  state: runStateSchema,
  started_at_ms: z.number().nullable(),
  line: z.number(),
  size_bytes: z.number(),
});

/** Sinks and their places in SQLite. */
export class SqliteSinkRecords implements SinkRecords {
  readonly #access: StoreAccess;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.#statements = prepare(access);
  }

  all(): readonly StoredSink[] {
    return translated(this.#access.file, () => this.#statements.all.all().map(sinkOf));
  }

  find(name: SinkName): StoredSink | null {
    const row = translated(this.#access.file, () => this.#statements.find.get(name));
    return row === undefined ? null : sinkOf(row);
  }

  save(sink: SetSink, sinceMs: number): void {
    const settings = JSON.stringify(sink);
    translated(this.#access.file, () => this.#statements.save.run({ name: sink.name, settings, sinceMs }));
  }

  remove(name: SinkName): void {
    translated(this.#access.file, () => this.#statements.remove.run(name));
  }

  pending(name: SinkName, limit: number): readonly PendingRun[] {
    const rows = translated(this.#access.file, () => this.#statements.pending.all({ name, limit }));
    return rows.map((row) => {
      const { agent, line, run_id, size_bytes, started_at_ms, state } = pendingRowSchema.parse(row);
      return {
        runId: run_id,
        agent,
        isFinal: isFinal(state),
        hasStarted: started_at_ms !== null,
        line,
        sizeBytes: size_bytes,
      };
    });
  }

  place(name: SinkName, places: readonly SinkPlace[]): void {
    this.#inOneStep(() => this.#putPlaces(name, places));
  }

  advance(name: SinkName, { places, ...progress }: SinkProgress): void {
    this.#inOneStep(() => {
      this.#putPlaces(name, places);
      this.#statements.advance.run({ name, ...progress });
    });
  }

  #putPlaces(name: SinkName, places: readonly SinkPlace[]): void {
    for (const place of places) {
      this.#statements.putPlace.run({ ...place, name, isDone: place.isDone ? 1 : 0 });
    }
  }

  #inOneStep(action: () => void): void {
    const { file, writer } = this.#access;
    translated(file, () => writer.transaction(action).immediate());
  }
}

function sinkOf(row: SinkRow): StoredSink {
  return {
    ...setSinkSchema.parse(JSON.parse(row.settings_json)),
    sinceMs: row.since_ms,
    targetState: row.target_state,
    lastSentAtMs: row.last_sent_at_ms,
    sentLines: row.sent_lines,
    refusedLines: row.refused_lines,
    missedLogs: row.missed_logs,
  };
}

function prepare({ reader, writer }: StoreAccess) {
  return {
    all: reader.prepare<[], SinkRow>("SELECT * FROM log_sinks ORDER BY name"),
    find: reader.prepare<[string], SinkRow>("SELECT * FROM log_sinks WHERE name = ?"),
    save: writer.prepare<[object]>(`
      INSERT INTO log_sinks (name, settings_json, since_ms) VALUES (:name, :settings, :sinceMs)
      ON CONFLICT (name) DO UPDATE SET settings_json = excluded.settings_json`),
    remove: writer.prepare<[string]>("DELETE FROM log_sinks WHERE name = ?"),
    pending: reader.prepare<[object], unknown>(`
      SELECT runs.id AS run_id, runs.agent, runs.state, runs.started_at_ms,
        coalesce(place.line, 0) AS line, coalesce(place.size_bytes, 0) AS size_bytes
      FROM log_sinks AS sink
      JOIN runs
      LEFT JOIN log_sink_places AS place ON place.sink = sink.name AND place.run_id = runs.id
      WHERE sink.name = :name AND coalesce(place.is_done = 0, runs.created_at_ms >= sink.since_ms)
      ORDER BY runs.id LIMIT :limit`),
    putPlace: writer.prepare<[object]>(`
      INSERT INTO log_sink_places (sink, run_id, line, size_bytes, is_done)
      SELECT :name, id, :line, :sizeBytes, :isDone FROM runs WHERE id = :runId
      ON CONFLICT (sink, run_id) DO UPDATE SET
        line = excluded.line, size_bytes = excluded.size_bytes, is_done = excluded.is_done`),
    advance: writer.prepare<[object]>(`
      UPDATE log_sinks SET
        target_state = :targetState,
        sent_lines = sent_lines + :sentLines,
        refused_lines = refused_lines + :refusedLines,
        missed_logs = missed_logs + :missedLogs,
        last_sent_at_ms = coalesce(:sentAtMs, last_sent_at_ms)
      WHERE name = :name`),
  };
}
