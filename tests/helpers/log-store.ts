import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RunId } from "#contract/ids.ts";
import {
  createLogStore,
  type LogMarks,
  type LogRecords,
  type LogStore,
  type LogStoreDeps,
  NO_MARKS,
  type StoredSegment,
} from "#main/logs/index.ts";
import { SystemClock } from "#main/platform/index.ts";

export const LOG_WORKER = path.join(
  fileURLToPath(new URL("../..", import.meta.url)),
  "src-main/logs/worker/main.ts",
);

/** The index of logs in memory; a new one knows nothing, as after the database was lost. */
export class MemoryLogRecords implements LogRecords {
  readonly stored = new Map<RunId, Map<number, StoredSegment>>();
  readonly #marks = new Map<RunId, LogMarks>();

  segments(runId: RunId): readonly StoredSegment[] {
    return [...(this.stored.get(runId)?.values() ?? [])].sort((a, b) => a.segment - b.segment);
  }
  putSegment(runId: RunId, segment: StoredSegment): void {
    const segments = this.stored.get(runId) ?? new Map<number, StoredSegment>();
    this.stored.set(runId, segments.set(segment.segment, segment));
  }
  marks(runId: RunId): LogMarks {
    return this.#marks.get(runId) ?? NO_MARKS;
  }
  setMarks(runId: RunId, marks: LogMarks): void {
    this.#marks.set(runId, marks);
  }
  pinned(): ReadonlySet<RunId> {
    return new Set([...this.#marks].filter(([, { isPinned }]) => isPinned).map(([runId]) => runId));
  }
  removeOf(runId: RunId): void {
    this.stored.delete(runId);
    this.#marks.delete(runId);
  }
}

/** A log store on a folder; a segment that cannot be sealed fails the test that waits for it. */
export function openLogs(folder: string, change: Partial<LogStoreDeps> = {}): LogStore {
  return createLogStore({
    folder,
    clock: new SystemClock(),
    records: new MemoryLogRecords(),
    workerScript: LOG_WORKER,
    onSealingFailed: (error) => {
      throw error;
    },
    ...change,
  });
}
