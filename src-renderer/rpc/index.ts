export { useAutostart, useSinkSwitch } from "./choice-hooks.ts";
export { createPortRpc, createWebSocketRpc, type Rpc, type RpcClient } from "./client.ts";
export {
  type ConnectionPhase,
  type ConnectionState,
  type ConnectionTracker,
  createConnectionTracker,
} from "./connection-state.ts";
export { useConnection, useRpc } from "./context.ts";
export { createCache } from "./create-cache.ts";
export { findDesktopBridge, listenForOpen, obtainFrom } from "./desktop-bridge.ts";
export {
  useContainerPlan,
  useLiveContainerDetails,
  useLiveContainers,
  useLiveEngines,
  useLiveGroups,
  useLiveImages,
  useLiveNetworks,
  useLiveVolumes,
  usePrunePreview,
} from "./engine-hooks.ts";
export { type Failure, toFailure } from "./failure.ts";
export {
  type Command,
  type Live,
  live,
  prefetchSettings,
  useCommand,
  useDoctor,
  useLiveAgent,
  useLiveAgents,
  useLiveRun,
  useLiveRuns,
  useLiveScreenshots,
  useLiveSettings,
  useLiveTarget,
  useLiveTargets,
  useLiveTimeline,
  useLoadSamples,
  useManifestText,
  useRunSummaries,
  useSamples,
  useSystemInfo,
} from "./hooks.ts";
export type { ObtainPort } from "./port-web-socket.ts";
export { type Credentials, prove } from "./prove.ts";
export { RpcProvider } from "./provider.tsx";
export { type AuditRequest, keys, type RunFilter } from "./query-keys.ts";
export { type SecretCommand, useSecretCommand } from "./secret-command.ts";
export {
  exchangeToken,
  findToken,
  forgetSession,
  type SessionDeps,
  type SignIn,
  signIn,
} from "./session.ts";
export { useLiveSinks } from "./sink-hooks.ts";
export { createTabs, type Tabs } from "./tabs.ts";
export { failureOfUpdate, useLiveUpdate, useUpdateCommand } from "./update-hooks.ts";
export {
  useAuditCheck,
  useAuditNames,
  useLiveAudit,
  useLiveCredentials,
  useLiveVariables,
  useLiveVault,
  useVariableHistory,
} from "./vault-hooks.ts";
