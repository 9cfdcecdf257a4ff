import type { AgentName } from "#contract/ids.ts";
import type { Door } from "#contract/run.ts";
import type { VariableChange, VariableRef, VariableType } from "#contract/variable.ts";

export interface StoredVariable {
  readonly name: string;
  readonly agent: AgentName | null;
  readonly type: VariableType;
  readonly value: string;
  readonly changedAtMs: number;
}

/** Variables in the database; a change and its place in the history are one transaction. */
export interface VariableRecords {
  /** Global ones first, then by agent, then by name. */
  all(): readonly StoredVariable[];
  find(ref: VariableRef): StoredVariable | null;
  set(variable: StoredVariable, by: { who: string; door: Door }): void;
  remove(ref: VariableRef, by: { who: string; door: Door; atMs: number }): void;
  /** Newest first, at most `limit`. */
  history(ref: VariableRef, limit: number): readonly VariableChange[];
}
