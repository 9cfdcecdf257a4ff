export { composeLogs, type LogParts } from "./compose-logs.ts";
export { createLogStore, type LogStoreDeps } from "./engine-log-store.ts";
export {
  type LogMarks,
  type LogRecords,
  NO_MARKS,
  type StoredBlock,
  type StoredSegment,
} from "./log-records.ts";
export type { LogChunk, LogGap, LogStore, LogWriter, MergedNews } from "./log-store.ts";
