import type { Agent } from "./agent.ts";
import type { Credential, CredentialName } from "./credential.ts";
import type { Container, Engine, EngineId } from "./engine.ts";
import type { AgentName, RunId, TargetId } from "./ids.ts";
import type { Run, Screenshot } from "./run.ts";
import type { Target } from "./target.ts";
import type { UpdateState } from "./update.ts";
import type { VaultStatus } from "./vault.ts";

/** Something that changed in the core. Whole values, so that a reader that missed one is right after the next. */
export type CoreEvent =
  | { readonly type: "run.changed"; readonly run: Run }
  | { readonly type: "run.removed"; readonly runId: RunId }
  /** What a person decided about a run's log is another thing now: kept or not, its encoding. */
  | { readonly type: "log.marked"; readonly runId: RunId }
  | { readonly type: "agent.changed"; readonly agent: Agent }
  | { readonly type: "agent.removed"; readonly agent: AgentName }
  | { readonly type: "target.changed"; readonly target: Target }
  | { readonly type: "target.removed"; readonly target: TargetId }
  | { readonly type: "engine.changed"; readonly engine: Engine }
  /** Containers that are new or have changed, and the ids of those that are gone. */
  | {
      readonly type: "containers.changed";
      readonly engine: EngineId;
      readonly changed: readonly Container[];
      readonly removed: readonly string[];
    }
  | { readonly type: "screenshot.added"; readonly screenshot: Screenshot }
  | { readonly type: "credential.changed"; readonly credential: Credential }
  | { readonly type: "credential.removed"; readonly name: CredentialName }
  | { readonly type: "variable.changed"; readonly name: string }
  | { readonly type: "vault.changed"; readonly status: VaultStatus }
  | { readonly type: "audit.added"; readonly seq: number }
  | { readonly type: "update.changed"; readonly state: UpdateState }
  | { readonly type: "settings.changed" };

/**
 * What an event subscriber gets. `reset` comes first, and again whenever events between the resume id and
 * now are no longer known: everything the reader holds may be stale and must be read anew.
 */
export type EventBatch =
  | { readonly kind: "reset" }
  | { readonly kind: "events"; readonly events: readonly CoreEvent[] };
