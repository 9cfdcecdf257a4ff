import type { z } from "zod";
import type { listAuditSchema } from "#contract/audit.ts";
import type { EngineId, Prune } from "#contract/engine.ts";
import type { AgentName, RunId, TargetId } from "#contract/ids.ts";
import type { listRunsSchema } from "#contract/run.ts";
import type { VariableRef } from "#contract/variable.ts";

export type RunFilter = z.input<typeof listRunsSchema>;
export type AuditRequest = z.input<typeof listAuditSchema>;

/** Names of everything the page keeps of the core. A prefix of a key names everything below it. */
export const keys = {
  agents: ["agents"],
  agentList: ["agents", "list"],
  agent: (name: AgentName) => ["agents", "one", name],
  manifestText: (name: AgentName) => ["agents", "manifest-text", name],
  samples: ["agents", "samples"],
  runs: ["runs"],
  runLists: ["runs", "list"],
  runList: (filter: RunFilter) => ["runs", "list", filter],
  /** Ids of runs that were deleted lately; for lists that are kept outside of the cache. */
  removedRuns: ["removed-runs"],
  runSummaries: ["runs", "summaries"],
  run: (id: RunId) => ["runs", "one", id],
  timeline: (id: RunId) => ["runs", "timeline", id],
  load: (id: RunId) => ["runs", "load", id],
  logStats: (id: RunId) => ["logs", "stats", id],
  logKeeping: ["logs", "keeping"],
  pinnedLogs: ["logs", "pinned"],
  screens: (id: RunId) => ["screens", id],
  targets: ["targets"],
  targetList: ["targets", "list"],
  target: (id: TargetId) => ["targets", "one", id],
  engineList: ["engines", "list"],
  containerList: (engine: EngineId) => ["engines", "containers", engine],
  containerDetails: (engine: EngineId, container: string) => ["engines", "container", engine, container],
  images: (engine: EngineId) => ["engines", "images", engine],
  volumes: (engine: EngineId) => ["engines", "volumes", engine],
  networks: (engine: EngineId) => ["engines", "networks", engine],
  groups: (engine: EngineId) => ["engines", "groups", engine],
  prunePreview: (request: Prune) => ["engines", "prune", request],
  containerPlan: (engine: EngineId, agent: AgentName) => ["engines", "plan", engine, agent],
  vault: ["vault", "status"],
  credentials: ["credentials", "list"],
  variables: ["variables", "list"],
  variableHistories: ["variables", "history"],
  variableHistory: ({ name, agent }: VariableRef) => ["variables", "history", name, agent],
  auditLists: ["audit", "list"],
  auditList: (request: AuditRequest) => ["audit", "list", request],
  auditNames: ["audit", "names"],
  auditCheck: ["audit", "check"],
  update: ["updates", "state"],
  sinks: ["sinks", "list"],
  settings: ["system", "settings"],
  info: ["system", "info"],
  doctor: ["system", "doctor"],
} as const satisfies Record<string, unknown>;
