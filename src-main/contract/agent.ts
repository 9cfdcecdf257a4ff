import { z } from "zod";
import type { AgentName, ReleaseId } from "./ids.ts";
import type { Manifest } from "./manifest.ts";
import type { ManifestFaultCode, Phrase } from "./phrase.ts";

/** One fault in a manifest. Line and column count from 1. */
export interface ManifestProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, e.g. `limits.memory`; empty for the document itself. */
  readonly key: string;
  /** What is wrong, one English sentence. */
  readonly problem: string;
  /** What would be right, or the nearest valid key; may be empty. */
  readonly expected: string;
  /** Both of the above as a code with facts, for other languages. */
  readonly fault: Phrase<ManifestFaultCode>;
}

/** An agent as the program knows it now. */
export interface Agent {
  readonly name: AgentName;
  readonly folder: string;
  /** The last manifest that was valid; the agent can be started with it only while `problems` is empty. */
  readonly manifest: Manifest;
  /** Faults of the file as it is now; empty when it is valid. */
  readonly problems: readonly ManifestProblem[];
  /** False when the folder is gone or unreadable. */
  readonly isPresent: boolean;
  /** Release of the folder's content when it was last looked at; null before the first start. */
  readonly release: ReleaseId | null;
  /** Start with Pilothouse, unless a person stopped its last run. */
  readonly isAutostart: boolean;
  readonly addedAtMs: number;
  /** Changes whenever anything above does. */
  readonly revision: number;
}

export const addAgentSchema = z.object({ folder: z.string().min(1).max(4096) });
export const agentSettingsSchema = z.object({ isAutostart: z.boolean() });
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

/** What `agent validate` says of a folder. */
export interface AgentValidation {
  readonly folder: string;
  readonly manifest: Manifest | null;
  readonly problems: readonly ManifestProblem[];
}

/** A sample agent that ships with the program. */
export interface SampleAgent {
  readonly name: string;
  readonly description: string;
  readonly class: Manifest["class"];
  readonly folder: string;
}
