import type { Migration } from "./migration.ts";

/** Where output is forwarded to, and how far each log was sent. */
export const logSinks: Migration = {
  id: 4,
  name: "log-sinks",
  up(db) {
    db.exec(`
      CREATE TABLE log_sinks (
        name TEXT PRIMARY KEY,
        settings_json TEXT NOT NULL CHECK (json_valid(settings_json)),
        -- Logs of runs that were made since are sent.
        since_ms INTEGER NOT NULL,
        -- In words of the target.
        target_state TEXT,
        last_sent_at_ms INTEGER,
        sent_lines INTEGER NOT NULL DEFAULT 0,
        refused_lines INTEGER NOT NULL DEFAULT 0,
        missed_logs INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE log_sink_places (
        sink TEXT NOT NULL REFERENCES log_sinks (name) ON DELETE CASCADE,
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        -- The last line that was sent, or passed over.
        line INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        is_done INTEGER NOT NULL CHECK (is_done IN (0, 1)),
        PRIMARY KEY (sink, run_id)
      ) STRICT, WITHOUT ROWID;
      -- For the foreign key: a run that is forgotten takes its places along.
      CREATE INDEX log_sink_places_by_run ON log_sink_places (run_id);
    `);
  },
};
