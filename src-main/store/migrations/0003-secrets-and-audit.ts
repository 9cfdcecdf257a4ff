import type { Migration } from "./migration.ts";

/** Credentials without their values, variables with their history, and the audit trail. */
export const secretsAndAudit: Migration = {
  id: 3,
  name: "secrets-and-audit",
  up(db) {
    db.exec(`
      CREATE TABLE credentials (
        name TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        label TEXT NOT NULL,
        store TEXT NOT NULL,
        expires_at_ms INTEGER,
        created_at_ms INTEGER NOT NULL,
        changed_at_ms INTEGER NOT NULL
      ) STRICT;

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

      -- Nobody else is given the credential.
      CREATE TABLE credential_agents (
        credential TEXT NOT NULL REFERENCES credentials (name) ON DELETE CASCADE,
        agent TEXT NOT NULL,
        PRIMARY KEY (credential, agent)
      ) STRICT, WITHOUT ROWID;

      -- The latest use per agent and target. No foreign key on runs: a run may be forgotten, its use may not.
      CREATE TABLE credential_uses (
        credential TEXT NOT NULL REFERENCES credentials (name) ON DELETE CASCADE,
        agent TEXT NOT NULL,
        target TEXT NOT NULL,
        run_id TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (credential, agent, target)
      ) STRICT, WITHOUT ROWID;

      -- Values that lie in a store and belong to no credential: not yet, or not any more.
      CREATE TABLE vault_leftovers (
        store TEXT NOT NULL,
        item TEXT NOT NULL,
        PRIMARY KEY (store, item)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE vault_facts (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE variables (
        name TEXT NOT NULL,
        -- Empty for all agents.
        agent TEXT NOT NULL,
        type TEXT NOT NULL,
        value TEXT NOT NULL,
        changed_at_ms INTEGER NOT NULL,
        PRIMARY KEY (name, agent)
      ) STRICT, WITHOUT ROWID;

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
      CREATE INDEX variable_history_by_name ON variable_history (name, agent, seq);

      -- Each entry's hash covers the one before; AUTOINCREMENT remembers how many were written.
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

      -- REPLACE would delete a row without a word to the trigger on DELETE.
      CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
      WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
      BEGIN SELECT RAISE(ABORT, 'an entry of the audit trail is never replaced'); END;
      CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'an entry of the audit trail is never changed'); END;
      CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'an entry of the audit trail is never removed'); END;
    `);
  },
};
