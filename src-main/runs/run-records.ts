import type { AgentName, ReleaseId, RunId, TargetId } from "#contract/ids.ts";
import type {
  AgentRunSummary,
  Door,
  Health,
  LimitReport,
  ListRuns,
  Run,
  RunPage,
  RunReason,
  RunState,
  TimelineEntry,
} from "#contract/run.ts";
import type { StopIntent } from "#core/final-state.ts";
import type { RemoteRef } from "#main/drivers/index.ts";

export type { StopIntent };

/** What must be stored before anything is started. */
export interface NewRun {
  readonly id: RunId;
  readonly agent: AgentName;
  readonly target: TargetId;
  readonly release: ReleaseId | null;
  readonly inputJson: string;
  readonly attempt: number;
  readonly previousRunId: RunId | null;
  readonly door: Door;
  readonly createdAtMs: number;
  /** When a queued run is due; null for at once. */
  readonly dueAtMs: number | null;
  /** The manifest as it was at the start, JSON. */
  readonly manifestJson: string;
}

/** One step of a run. Fields that are absent stay as they are. */
export interface RunChange {
  readonly atMs: number;
  readonly state?: RunState;
  readonly reason?: RunReason | null;
  readonly exitCode?: number | null;
  readonly health?: Health;
  readonly release?: ReleaseId;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly pid?: number | null;
  readonly port?: number;
  readonly limits?: readonly LimitReport[];
  readonly ref?: RemoteRef;
  /** What the user or a policy asked for; kept so that a restart of the core goes on with it. */
  readonly stopIntent?: StopIntent;
}

/** A remark in the history of a run. */
export interface NewNote {
  readonly atMs: number;
  readonly kind: TimelineEntry["kind"];
  readonly text: string;
  /** The text as a code with facts. */
  readonly note?: TimelineEntry["note"];
}

/** A run with what only the supervisor needs. */
export interface StoredRun {
  readonly run: Run;
  readonly ref: RemoteRef | null;
  readonly dueAtMs: number | null;
  readonly stopIntent: StopIntent | null;
  readonly manifestJson: string;
}

/**
 * Runs in the database. Every write is one transaction, durable when the call returns. A change of state,
 * health or reason also writes its timeline entry in that transaction.
 *
 * A step that `core/run-state.ts` does not allow is a bug and throws.
 */
export interface RunRecords {
  insert(run: NewRun): Run;
  change(id: RunId, change: RunChange): Run;
  /** Ends one run and inserts its successor in a single transaction, so that a restart is never half decided. */
  changeAndInsert(id: RunId, change: RunChange, successor: NewRun): { ended: Run; successor: Run };
  addNote(id: RunId, entry: NewNote): void;
  find(id: RunId): StoredRun | null;
  /** Runs whose id begins with `prefix`, newest first, at most 10. */
  findByPrefix(prefix: string): readonly Run[];
  /** All runs that have not ended, oldest first. */
  live(): readonly StoredRun[];
  latestOf(agent: AgentName): Run | null;
  /** One for every agent that has run, by name. */
  summaries(): readonly AgentRunSummary[];
  list(request: ListRuns): RunPage;
  timeline(id: RunId): readonly TimelineEntry[];
  /** Forgets a finished run. */
  remove(id: RunId): void;
}
