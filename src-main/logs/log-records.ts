import type { RunId } from "#contract/ids.ts";
import type { LogEncoding } from "#contract/log.ts";
import type { SegmentRecord } from "#core/log-segment.ts";

/** A block of a sealed segment and where its record begins in the file. */
export interface StoredBlock extends Omit<SegmentRecord, "kind"> {
  readonly offset: number;
}

/** What is known about a sealed segment; all of it can be read out of the segment's file again. */
export interface StoredSegment {
  readonly segment: number;
  readonly fileBytes: number;
  /** The log was complete at its end. */
  readonly isComplete: boolean;
  /** Cursor behind its last chunk. */
  readonly cursor: string | null;
  readonly blocks: readonly StoredBlock[];
}

/** What a person decided about a log. */
export interface LogMarks {
  readonly isPinned: boolean;
  /** Null: to be found out. */
  readonly encoding: LogEncoding | null;
}
export const NO_MARKS: LogMarks = { isPinned: false, encoding: null };

/**
 * The index of sealed segments, a row per block, and the marks of logs. Losing the index costs time: it is made
 * again from the files.
 */
export interface LogRecords {
  /** Sealed segments of a run, in order. */
  segments(runId: RunId): readonly StoredSegment[];
  /** Puts the segment in place of what was known about it. */
  putSegment(runId: RunId, segment: StoredSegment): void;
  marks(runId: RunId): LogMarks;
  setMarks(runId: RunId, marks: LogMarks): void;
  pinned(): ReadonlySet<RunId>;
  removeOf(runId: RunId): void;
}
