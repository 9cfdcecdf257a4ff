export { createHealthProbes, type HealthProbesDeps } from "./health-probes.ts";
export { createConsents } from "./run-consents.ts";
export { recipeOf } from "./run-recipe.ts";
export type { NewNote, NewRun, RunChange, RunRecords, StopIntent, StoredRun } from "./run-records.ts";
export { RunSupervisor, type RunSupervisorDeps } from "./run-supervisor.ts";
export type {
  AgentSource,
  ConsentChange,
  ConsentSource,
  HealthProbes,
  PreparedRelease,
  RunsLog,
  ScreenSource,
  ScreenWatch,
  SecretSource,
  TargetSource,
  VariableSource,
} from "./sources.ts";
