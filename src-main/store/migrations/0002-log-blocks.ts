import type { Migration } from "./migration.ts";

/** The index of sealed log segments, and what people decided about logs. */
export const logBlocks: Migration = {
  id: 2,
  name: "log-blocks",
  up(db) {
    db.exec(`
      -- A sealed segment of a run's log. No foreign key: a log may outlive its run for a moment, and everything
      -- here can be read out of the segment's file again.
      CREATE TABLE log_segments (
        run_id TEXT NOT NULL CHECK (length(run_id) = 16),
        segment INTEGER NOT NULL CHECK (segment >= 0),
        -- Another size on the disk means that this row is not about that file.
        file_bytes INTEGER NOT NULL,
        is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
        cursor TEXT,
        PRIMARY KEY (run_id, segment)
      ) STRICT, WITHOUT ROWID;

      -- A compressed block of about 256 KiB of a run's output; never a row per line.
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
    `);
  },
};
