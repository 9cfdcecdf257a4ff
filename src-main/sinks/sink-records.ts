import type { AgentName, RunId } from "#contract/ids.ts";
import type { SetSink, SinkName } from "#contract/log-sink.ts";

/** A sink as it is stored. */
export interface StoredSink extends SetSink {
  readonly sinceMs: number;
  /** Where its target stands, in words of its own; null before the first line. */
  readonly targetState: string | null;
  readonly lastSentAtMs: number | null;
  readonly sentLines: number;
  readonly refusedLines: number;
  readonly missedLogs: number;
}

/** How far the log of one run was sent. */
export interface SinkPlace {
  readonly runId: RunId;
  /** The last line that was sent, or passed over. */
  readonly line: number;
  /** What those lines took, near enough. */
  readonly sizeBytes: number;
  /** The log is complete and all of it was sent. */
  readonly isDone: boolean;
}

/** A run whose log is not sent whole. */
export interface PendingRun {
  readonly runId: RunId;
  readonly agent: AgentName;
  readonly isFinal: boolean;
  readonly hasStarted: boolean;
  readonly line: number;
  readonly sizeBytes: number;
}

/** What one delivery changes, in a single transaction. */
export interface SinkProgress {
  readonly places: readonly SinkPlace[];
  readonly targetState: string | null;
  readonly sentLines: number;
  readonly refusedLines: number;
  readonly missedLogs: number;
  /** Null when nothing was delivered, only passed over. */
  readonly sentAtMs: number | null;
}

/** Sinks and how far they are, in the database. Durable when a call returns. */
export interface SinkRecords {
  all(): readonly StoredSink[];
  find(name: SinkName): StoredSink | null;
  /** Puts the settings in place of those it had; what it has sent stays known. `sinceMs` counts for a new one. */
  save(sink: SetSink, sinceMs: number): void;
  remove(name: SinkName): void;
  /** Runs whose logs are not sent whole, oldest first. */
  pending(name: SinkName, limit: number): readonly PendingRun[];
  /** Where to begin in logs that were begun before the sink. */
  place(name: SinkName, places: readonly SinkPlace[]): void;
  advance(name: SinkName, progress: SinkProgress): void;
}
