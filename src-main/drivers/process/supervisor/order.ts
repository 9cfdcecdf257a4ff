import type { StartedRecord } from "#core/spool/record.ts";

/** What only the run may know; see `RunSecrets`. */
export interface OrderSecrets {
  readonly env: Readonly<Record<string, string>>;
  /** Where the run's private files go; made by the supervisor and removed by it. */
  readonly folder: string;
  readonly files: readonly { readonly env: string; readonly name: string; readonly content: string }[];
  readonly descriptors: readonly { readonly env: string; readonly content: string }[];
  readonly masked: readonly string[];
}

/**
 * What the core asks of a supervisor: one JSON line per run, over the supervisor's standard input. It holds
 * the run's environment and is therefore never written to a file or an argument list.
 */
export interface RunOrder {
  readonly runId: string;
  readonly folder: string;
  /** Absolute path of the program, then its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workFolder: string;
  readonly limits: StartedRecord["limits"];
  readonly cgroups: readonly string[];
  readonly graceMs: number;
  /** Size at which a new spool file is begun. */
  readonly rotateBytes: number;
  /** How long children that outlive the main process may go on writing. */
  readonly drainMs: number;
  readonly secrets?: OrderSecrets;
}

/** What the supervisor answers, one JSON line each, over its standard output. */
export type SupervisorAnswer =
  | { readonly type: "started"; readonly record: StartedRecord }
  | { readonly type: "refused"; readonly code: string; readonly problem: string }
  /** Ready for an order: at first, and whenever a run has ended and all of it is on disk. */
  | { readonly type: "free" };

export const SPOOL_FOLDER = "spool";
/** Samples and process tree; small, kept until the run is removed. */
export const WATCH_FOLDER = "watch";
