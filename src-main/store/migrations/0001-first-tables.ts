import type { Migration } from "./migration.ts";

/** Agents, runs with their history, screenshots, settings. */
export const firstTables: Migration = {
  id: 1,
  name: "first-tables",
  up(db) {
    db.exec(`
      -- Facts about this file itself, e.g. when it was made.
      CREATE TABLE app_meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- Choices of a person; one row per key of the settings schema, its value as JSON.
      CREATE TABLE settings (
        key TEXT PRIMARY KEY,
        value_json TEXT NOT NULL CHECK (json_valid(value_json))
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE agents (
        name TEXT PRIMARY KEY,
        folder TEXT NOT NULL,
        -- The last manifest that was valid.
        manifest_json TEXT NOT NULL CHECK (json_valid(manifest_json)),
        release TEXT,
        is_autostart INTEGER NOT NULL CHECK (is_autostart IN (0, 1)),
        added_at_ms INTEGER NOT NULL
      ) STRICT;

      -- Manifests as they were when runs began. Thousands of runs share a few, so each stands here once.
      CREATE TABLE manifests (
        hash TEXT PRIMARY KEY,
        json TEXT NOT NULL CHECK (json_valid(json))
      ) STRICT;

      CREATE TABLE runs (
        -- Sorts by age; see core/run-id.ts.
        id TEXT PRIMARY KEY CHECK (length(id) = 16),
        agent TEXT NOT NULL,
        target TEXT NOT NULL,
        release TEXT,
        state TEXT NOT NULL,
        reason_code TEXT,
        reason_details_json TEXT CHECK (json_valid(reason_details_json)),
        exit_code INTEGER,
        health TEXT NOT NULL,
        attempt INTEGER NOT NULL CHECK (attempt >= 1),
        -- No foreign key: the earlier run may be forgotten while this one stays.
        previous_run_id TEXT,
        door TEXT NOT NULL,
        input_json TEXT NOT NULL CHECK (json_valid(input_json)),
        manifest_hash TEXT NOT NULL REFERENCES manifests (hash),
        created_at_ms INTEGER NOT NULL,
        due_at_ms INTEGER,
        started_at_ms INTEGER,
        ended_at_ms INTEGER,
        pid INTEGER,
        port INTEGER,
        limits_json TEXT NOT NULL CHECK (json_valid(limits_json)),
        -- The driver's own word for the run, verbatim.
        ref TEXT,
        stop_intent TEXT
      ) STRICT;

      -- Answers lists and searches without touching the wide rows.
      CREATE INDEX runs_for_search ON runs (id, agent, target, state, reason_code);
      CREATE INDEX runs_by_agent ON runs (agent, id, target, state, reason_code);
      CREATE INDEX runs_by_state ON runs (state, id);
      CREATE INDEX runs_by_manifest ON runs (manifest_hash);

      CREATE TABLE run_timeline (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL,
        kind TEXT NOT NULL,
        state TEXT,
        reason_json TEXT CHECK (json_valid(reason_json)),
        text TEXT
      ) STRICT;
      CREATE INDEX run_timeline_by_run ON run_timeline (run_id, at_ms, seq);

      CREATE TABLE screenshots (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        mime_type TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        -- Where its file lies.
        folder TEXT NOT NULL,
        PRIMARY KEY (run_id, id)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
