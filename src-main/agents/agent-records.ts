import type { AgentName, ReleaseId } from "#contract/ids.ts";

/** What must be stored of an agent when it is added. */
export interface NewAgent {
  readonly name: AgentName;
  /** Absolute. */
  readonly folder: string;
  /** The manifest, valid, as JSON. */
  readonly manifestJson: string;
  readonly isAutostart: boolean;
  readonly addedAtMs: number;
}

export interface StoredAgent extends NewAgent {
  readonly release: ReleaseId | null;
}

/** Fields that are absent stay as they are. */
export type AgentChange = Partial<Pick<StoredAgent, "folder" | "manifestJson" | "release" | "isAutostart">>;

/** Agents in the database. Every write is durable when the call returns. */
export interface AgentRecords {
  /** The name must be free. */
  insert(agent: NewAgent): void;
  /** Changing an agent that is not there is a bug and throws. */
  update(name: AgentName, change: AgentChange): void;
  /** Removing what is not there does nothing. */
  remove(name: AgentName): void;
  /** By name. */
  all(): readonly StoredAgent[];
  find(name: AgentName): StoredAgent | null;
}
