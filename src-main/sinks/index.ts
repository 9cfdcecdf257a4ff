export type { PendingRun, SinkPlace, SinkProgress, SinkRecords, StoredSink } from "./sink-records.ts";
export { Sinks, type SinksDeps } from "./sinks.ts";
