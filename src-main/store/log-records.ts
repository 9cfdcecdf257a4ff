import { type RunId, runIdSchema } from "#contract/ids.ts";
import { logEncodingSchema } from "#contract/log.ts";
import {
  type LogMarks,
  type LogRecords,
  NO_MARKS,
  type StoredBlock,
  type StoredSegment,
} from "#main/logs/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

interface SegmentRow {
  readonly segment: number;
  readonly file_bytes: number;
  readonly is_complete: number;
  readonly cursor: string | null;
}

interface BlockRow {
  readonly segment: number;
  readonly offset: number;
  readonly stored_bytes: number;
  readonly raw_bytes: number;
  readonly lines_before: number;
  readonly line_count: number;
  readonly payload_before: number;
  readonly payload_bytes: number;
  readonly gap_count: number;
  readonly first_at_ms: number;
  readonly last_at_ms: number;
  readonly levels: number;
  readonly checksum: number;
}

/** The index of logs and their marks, in SQLite; the logs themselves are files. */
export class SqliteLogRecords implements LogRecords {
  readonly #access: StoreAccess;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.#statements = prepare(access);
  }

  segments(runId: RunId): readonly StoredSegment[] {
    const { segments, blocks } = this.#statements;
    return translated(this.#access.file, () => {
      const bySegment = Map.groupBy(blocks.all(runId), ({ segment }) => segment);
      return segments.all(runId).map((row) => ({
        segment: row.segment,
        fileBytes: row.file_bytes,
        isComplete: row.is_complete === 1,
        cursor: row.cursor,
        blocks: (bySegment.get(row.segment) ?? []).map(blockOf),
      }));
    });
  }

  putSegment(runId: RunId, { segment, fileBytes, isComplete, cursor, blocks }: StoredSegment): void {
    const { removeSegment, insertSegment, insertBlock } = this.#statements;
    const put = this.#access.writer.transaction(() => {
      removeSegment.run(runId, segment);
      insertSegment.run({ runId, segment, fileBytes, isComplete: isComplete ? 1 : 0, cursor });
      for (const block of blocks) insertBlock.run({ ...block, runId, segment });
    });
    translated(this.#access.file, () => put.immediate());
  }

  marks(runId: RunId): LogMarks {
    const row = translated(this.#access.file, () => this.#statements.marks.get(runId));
    if (row === undefined) return NO_MARKS;
    const encoding = logEncodingSchema.safeParse(row.encoding);
    return { isPinned: row.is_pinned === 1, encoding: encoding.success ? encoding.data : null };
  }

  setMarks(runId: RunId, { isPinned, encoding }: LogMarks): void {
    translated(this.#access.file, () =>
      this.#statements.setMarks.run({ runId, isPinned: isPinned ? 1 : 0, encoding }),
    );
  }

  pinned(): ReadonlySet<RunId> {
    const rows = translated(this.#access.file, () => this.#statements.pinned.all());
    return new Set(rows.map(({ run_id }) => runIdSchema.parse(run_id)));
  }

  removeOf(runId: RunId): void {
    const { removeSegments, removeMarks } = this.#statements;
    const remove = this.#access.writer.transaction(() => {
      removeSegments.run(runId);
      removeMarks.run(runId);
    });
    translated(this.#access.file, () => remove.immediate());
  }
}

function blockOf(row: BlockRow): StoredBlock {
  return {
    offset: row.offset,
    storedBytes: row.stored_bytes,
    rawBytes: row.raw_bytes,
    linesBefore: row.lines_before,
    lineCount: row.line_count,
    payloadBefore: row.payload_before,
    payloadBytes: row.payload_bytes,
    gapCount: row.gap_count,
    firstAtMs: row.first_at_ms,
    lastAtMs: row.last_at_ms,
    levels: row.levels,
    checksum: row.checksum,
  };
}

function prepare({ writer, reader }: StoreAccess) {
  return {
    segments: reader.prepare<[string], SegmentRow>(
      "SELECT segment, file_bytes, is_complete, cursor FROM log_segments WHERE run_id = ? ORDER BY segment",
    ),
    blocks: reader.prepare<[string], BlockRow>(
      "SELECT * FROM log_blocks WHERE run_id = ? ORDER BY segment, offset",
    ),
    removeSegment: writer.prepare<[string, number]>(
      "DELETE FROM log_segments WHERE run_id = ? AND segment = ?",
    ),
    insertSegment: writer.prepare<[object]>(`
      INSERT INTO log_segments (run_id, segment, file_bytes, is_complete, cursor)
      VALUES (:runId, :segment, :fileBytes, :isComplete, :cursor)`),
    insertBlock: writer.prepare<[object]>(`
      INSERT INTO log_blocks (run_id, segment, offset, stored_bytes, raw_bytes, lines_before, line_count,
        payload_before, payload_bytes, gap_count, first_at_ms, last_at_ms, levels, checksum)
      VALUES (:runId, :segment, :offset, :storedBytes, :rawBytes, :linesBefore, :lineCount,
        :payloadBefore, :payloadBytes, :gapCount, :firstAtMs, :lastAtMs, :levels, :checksum)`),
    marks: reader.prepare<[string], { is_pinned: number; encoding: string | null }>(
      "SELECT is_pinned, encoding FROM log_marks WHERE run_id = ?",
    ),
    setMarks: writer.prepare<[object]>(`
      INSERT INTO log_marks (run_id, is_pinned, encoding) VALUES (:runId, :isPinned, :encoding)
      ON CONFLICT (run_id) DO UPDATE SET is_pinned = excluded.is_pinned, encoding = excluded.encoding`),
    pinned: reader.prepare<[], { run_id: string }>("SELECT run_id FROM log_marks WHERE is_pinned = 1"),
    removeSegments: writer.prepare<[string]>("DELETE FROM log_segments WHERE run_id = ?"),
    removeMarks: writer.prepare<[string]>("DELETE FROM log_marks WHERE run_id = ?"),
  };
}
