CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'an entry of the audit trail is never changed'); END;

CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
      WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
      BEGIN SELECT RAISE(ABORT, 'an entry of the audit trail is never replaced'); END;

CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'an entry of the audit trail is never removed'); END;

CREATE TABLE agents (
        name TEXT PRIMARY KEY,
        folder TEXT NOT NULL,
        -- The last manifest that was valid.
        manifest_json TEXT NOT NULL CHECK (json_valid(manifest_json)),
        release TEXT,
        is_autostart INTEGER NOT NULL CHECK (is_autostart IN (0, 1)),
        added_at_ms INTEGER NOT NULL
      ) STRICT;

CREATE TABLE app_meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        door TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        outcome TEXT NOT NULL,
        begun_seq INTEGER REFERENCES audit (seq),
        details_json TEXT NOT NULL CHECK (json_valid(details_json)),
        hash TEXT NOT NULL CHECK (length(hash) = 64)
      ) STRICT;

CREATE TABLE credential_agents (
        credential TEXT NOT NULL REFERENCES credentials (name) ON DELETE CASCADE,
        agent TEXT NOT NULL,
        PRIMARY KEY (credential, agent)
      ) STRICT, WITHOUT ROWID;

CREATE TABLE credential_fields (
        credential TEXT NOT NULL REFERENCES credentials (name) ON DELETE CASCADE,
        field TEXT NOT NULL,
        -- Name of the value in its store. The value itself is never in this file.
        item TEXT NOT NULL,
        is_secret INTEGER NOT NULL CHECK (is_secret IN (0, 1)),
        is_maskable INTEGER NOT NULL CHECK (is_maskable IN (0, 1)),
        changed_at_ms INTEGER NOT NULL,
        PRIMARY KEY (credential, field)
      ) STRICT, WITHOUT ROWID;

CREATE TABLE credential_uses (
        credential TEXT NOT NULL REFERENCES credentials (name) ON DELETE CASCADE,
        agent TEXT NOT NULL,
        target TEXT NOT NULL,
        run_id TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (credential, agent, target)
      ) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
        name TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        label TEXT NOT NULL,
        store TEXT NOT NULL,
        expires_at_ms INTEGER,
        created_at_ms INTEGER NOT NULL,
        changed_at_ms INTEGER NOT NULL
      ) STRICT;

CREATE TABLE log_blocks (
        run_id TEXT NOT NULL,
        segment INTEGER NOT NULL,
        -- Where its record begins in the segment's file.
        offset INTEGER NOT NULL,
        stored_bytes INTEGER NOT NULL,
        raw_bytes INTEGER NOT NULL,
        lines_before INTEGER NOT NULL,
        line_count INTEGER NOT NULL,
        payload_before INTEGER NOT NULL,
        payload_bytes INTEGER NOT NULL,
        gap_count INTEGER NOT NULL,
        first_at_ms REAL NOT NULL,
        last_at_ms REAL NOT NULL,
        -- Bit n: a line of level n may be inside.
        levels INTEGER NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (run_id, segment, offset),
        FOREIGN KEY (run_id, segment) REFERENCES log_segments (run_id, segment) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;

CREATE TABLE log_marks (
        run_id TEXT PRIMARY KEY CHECK (length(run_id) = 16),
        is_pinned INTEGER NOT NULL CHECK (is_pinned IN (0, 1)),
        encoding TEXT
      ) STRICT, WITHOUT ROWID;

CREATE TABLE log_segments (
        run_id TEXT NOT NULL CHECK (length(run_id) = 16),
        segment INTEGER NOT NULL CHECK (segment >= 0),
        -- Another size on the disk means that this row is not about that file.
        file_bytes INTEGER NOT NULL,
        is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
        cursor TEXT,
        PRIMARY KEY (run_id, segment)
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

CREATE TABLE manifests (
        hash TEXT PRIMARY KEY,
        json TEXT NOT NULL CHECK (json_valid(json))
      ) STRICT;

CREATE TABLE run_timeline (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL,
        kind TEXT NOT NULL,
        state TEXT,
        reason_json TEXT CHECK (json_valid(reason_json)),
        text TEXT
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

CREATE TABLE settings (
        key TEXT PRIMARY KEY,
        value_json TEXT NOT NULL CHECK (json_valid(value_json))
      ) STRICT, WITHOUT ROWID;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE variable_history (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        agent TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        door TEXT NOT NULL,
        -- Both null when it was removed.
        type TEXT,
        value TEXT
      ) STRICT;

CREATE TABLE variables (
        name TEXT NOT NULL,
        -- Empty for all agents.
        agent TEXT NOT NULL,
        type TEXT NOT NULL,
        value TEXT NOT NULL,
        changed_at_ms INTEGER NOT NULL,
        PRIMARY KEY (name, agent)
      ) STRICT, WITHOUT ROWID;

CREATE TABLE vault_facts (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

CREATE TABLE vault_leftovers (
        store TEXT NOT NULL,
        item TEXT NOT NULL,
        PRIMARY KEY (store, item)
      ) STRICT, WITHOUT ROWID;

CREATE INDEX log_sink_places_by_run ON log_sink_places (run_id);

CREATE INDEX run_timeline_by_run ON run_timeline (run_id, at_ms, seq);

CREATE INDEX runs_by_agent ON runs (agent, id, target, state, reason_code);

CREATE INDEX runs_by_manifest ON runs (manifest_hash);

CREATE INDEX runs_by_state ON runs (state, id);

CREATE INDEX runs_for_search ON runs (id, agent, target, state, reason_code);

CREATE INDEX variable_history_by_name ON variable_history (name, agent, seq);
