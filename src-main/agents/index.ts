export type { AgentChange, AgentRecords, NewAgent, StoredAgent } from "./agent-records.ts";
export { AgentRegistry, type AgentRegistryDeps, type PreparedStart } from "./agent-registry.ts";
export { type ReadManifest, readManifest } from "./manifest-reader.ts";
export type { ReleaseLimits } from "./release-files.ts";
export { type Release, ReleaseStore, type ReleaseStoreDeps } from "./release-store.ts";
export { SampleShelf, type SampleShelfDeps } from "./sample-shelf.ts";
