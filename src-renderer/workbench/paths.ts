import type { EngineId } from "#contract/engine.ts";
import type { AgentName, RunId, TargetId } from "#contract/ids.ts";

/** Addresses of the page. Every screen has one. */
export const paths = {
  bridge: "/bridge",
  agents: "/agents",
  /** The list with the dialog over it that adds this folder. */
  addFolder: (folder: string) => `/agents?add=folder&folder=${encodeURIComponent(folder)}`,
  agent: (name: AgentName) => `/agents/${name}`,
  runs: "/runs",
  run: (id: RunId) => `/runs/${id}`,
  /** Every live run at once. */
  logs: "/logs",
  mergedLogs: (ids: readonly RunId[]) => `/logs?${ids.map((id) => `run=${id}`).join("&")}`,
  targets: "/targets",
  target: (id: TargetId) => `/targets/${id}`,
  engine: (id: EngineId) => `/engines/${id}`,
  container: (engine: EngineId, id: string) => `/engines/${engine}/containers/${id}`,
  credentials: "/credentials",
  credential: (name: string) => `/credentials/${name}`,
  variables: "/variables",
  audit: "/audit",
  settings: "/settings",
  welcome: "/welcome",
} as const;
