export { TargetWatch } from "./target-watch.ts";
export { type TargetSetup, Targets, type TargetsDeps } from "./targets.ts";
