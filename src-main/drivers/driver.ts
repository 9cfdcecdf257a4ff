import type { AgentName, ReleaseId, RunId } from "#contract/ids.ts";
import type { LogStream, OutputGap } from "#contract/log.ts";
import type { LimitReport, LoadSample } from "#contract/run.ts";
import type { DriverCapabilities, TargetKind, TargetProbe } from "#contract/target.ts";

/** Opaque to the program, stored verbatim; enough to find the run again after a restart. */
export type RemoteRef = string & { readonly __brand: "RemoteRef" };

/** Limits of a run in plain units; absent means none asked for. */
export interface RunLimits {
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
}

/** Packages a release needs on the target before it can run. */
export interface RuntimeNeeds {
  /** Own Python environment; `requirementsFile` is relative to the release folder. */
  readonly python?: { readonly version?: string; readonly requirementsFile?: string };
  /** Own node_modules; `lockFile` is relative to the release folder. */
  readonly node?: { readonly lockFile: string };
}

/**
 * What only this run may know. Goes to the run over a pipe, never into a file but a private one, an argument list or
 * the driver's records.
 */
export interface RunSecrets {
  /** Variable to value. */
  readonly env: Readonly<Record<string, string>>;
  /** Private files, removed when the run ends, also when the core is gone by then; `env` gets the path. */
  readonly files: readonly { readonly env: string; readonly name: string; readonly content: string }[];
  /** Open descriptors to read from once; `env` gets the number. */
  readonly descriptors: readonly { readonly env: string; readonly content: string }[];
  /** Hidden in the run's output before it is written anywhere. */
  readonly masked: readonly string[];
}

/** What the manifest says for containers. */
export interface ContainerNeeds {
  /** Exactly one of `image` and `build`; `build` is a folder relative to the release. */
  readonly image?: string;
  readonly build?: string;
  /** User inside; the image's own when absent, and never root then. Root only with a person's consent. */
  readonly user?: string;
  /** Name of a network; the engine's default when absent. */
  readonly network?: string;
  /** GPUs it asks for; refused by an engine that offers none. */
  readonly gpus?: number | "all";
  /** `name:/path`, each a volume that outlives the run and is shared by all runs of the agent. */
  readonly volumes: readonly string[];
}

/** Everything a driver needs to start one run. */
export interface RunSpec {
  /** Stamped on what is created (folder, label, environment), so that an orphan can be traced back. */
  readonly runId: RunId;
  readonly agent: AgentName;
  readonly release: ReleaseId;
  /** Immutable copy of the agent's folder on this computer. */
  readonly releaseFolder: string;
  /** Program and arguments; never a shell string. Empty when the image brings its own. */
  readonly command: readonly string[];
  /** Absent when the manifest has no container runtime. */
  readonly container?: ContainerNeeds;
  readonly needs: RuntimeNeeds;
  /** From the manifest; the driver adds the PILOTHOUSE_* variables (agent-manifest.md) and its allow-list. */
  readonly env: Readonly<Record<string, string>>;
  readonly inputJson: string;
  readonly limits: RunLimits;
  /** Time between the soft stop and the hard one. */
  readonly graceMs: number;
  /** Loopback port for the agent, or null when its manifest does not ask for one. */
  readonly port: number | null;
  /** Only for drivers whose capabilities say that they take them. */
  readonly secrets?: RunSecrets;
}

interface OutputPlace {
  /** When it arrived at the supervisor of the run. */
  readonly atMs: number;
  /**
   * Opaque position behind this chunk in the source. Adopting with a cursor continues exactly there, with
   * no byte lost or repeated. Stored beside the bytes.
   */
  readonly cursor: string;
}

/** Bytes of one stream, exactly as they came. */
export interface OutputBytes extends OutputPlace {
  readonly stream: LogStream;
  readonly bytes: Uint8Array;
}

/** Between the chunks around it output is missing, or may be. Never written into the bytes themselves. */
export interface MissingOutput extends OutputPlace {
  readonly gap: OutputGap;
}

export type OutputChunk = OutputBytes | MissingOutput;

export interface RunExit {
  /** Null when a signal ended the process, or when nobody knows. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** When it ended, by the clock of the target. */
  readonly atMs: number;
  /** `unknown`: the run is gone and left no record of its end. */
  readonly cause: "ended" | "out-of-memory" | "host-restarted" | "unknown";
}

/** What a stop achieved. */
export interface StopOutcome {
  /** True when the whole process tree is gone. */
  readonly isGone: boolean;
  /** True when it had to be killed. */
  readonly wasKilled: boolean;
  /** Process ids that could not be ended. */
  readonly survivors: readonly number[];
}

/**
 * A live run, to be let go of with `detach` (or by its end).
 *
 * `output` and `samples` have one consumer each. `output` ends after the last byte, or throws an `AppError`
 * when the link is lost; `exit` settles only after `output` has ended.
 */
export interface RunHandle {
  readonly ref: RemoteRef;
  /** Process id on the target where there is one. */
  readonly pid: number | null;
  readonly startedAtMs: number;
  readonly limits: readonly LimitReport[];
  /** A folder of this computer in which the run's image files appear; null when the driver has none. */
  readonly screenshotFolder: string | null;
  readonly output: AsyncIterable<OutputChunk>;
  readonly samples: AsyncIterable<LoadSample>;
  readonly exit: Promise<RunExit>;
  /** True when a found run was over already: the rest of its output and its exit need no waiting. */
  readonly hasEnded?: boolean;
  /**
   * `soft`: asks the run to end (signal and stop file), waits the grace time, then kills the whole tree.
   * `hard`: kills the whole tree at once. Resolves when the tree is gone or after grace + 2 s at the latest.
   */
  stop(mode: "soft" | "hard"): Promise<StopOutcome>;
  /** Says that all bytes up to `cursor` are stored durably, so the source may forget them. */
  acknowledge(cursor: string): void;
  /** Stops watching and touches nothing on the target; the run goes on. */
  detach(): Promise<void>;
}

/** Progress of a long preparation, e.g. `installing Python packages`; one English phrase. */
export type OnProgress = (step: string) => void;

/**
 * Runs work on one kind of target.
 *
 * Rules every driver keeps (checked by `tests/contract/driver-contract.ts`):
 * 1. Vendor and system errors never leave: they become an `AppError` with the original as `cause`.
 * 2. An aborted signal before the start leaves nothing running on the target.
 * 3. Output is complete, in order per stream, byte for byte; where it cannot be, a gap says so in its place and
 *    with its cause. `exit` settles after the last chunk.
 * 4. `adopt` with the cursor of the last stored chunk continues there: nothing lost, nothing repeated.
 * 5. `adopt` of an ended run yields the rest of its output and its exit; of an unknown one, null.
 * 6. `stop` ends the whole process tree, also children that left their process group, or says who survived.
 * 7. A second `start` of the same run id is refused; it never runs twice.
 * 8. Nothing of the core's environment reaches the run but a short allow-list.
 * 9. No retries inside a driver; the supervisor decides.
 * 10. A driver that takes secrets masks them in the output before a byte of it is written anywhere, hands them to
 *     this run alone, and leaves none behind when the run has ended.
 */
export interface Driver {
  readonly kind: TargetKind;
  readonly capabilities: DriverCapabilities;
  probe(signal: AbortSignal): Promise<TargetProbe>;
  /** Makes the release and its packages ready. Slow the first time, then cached by content. */
  prepare(spec: RunSpec, onProgress: OnProgress, signal: AbortSignal): Promise<void>;
  /** Resolves once the process runs. Rejects with a `start.*` error when it cannot. */
  start(spec: RunSpec, signal: AbortSignal): Promise<RunHandle>;
  /** Finds a run started earlier by its id (the ref may have been lost with the answer). */
  adopt(request: AdoptRequest, signal: AbortSignal): Promise<RunHandle | null>;
  /** Ids of all runs of ours the target knows, live or ended and not yet removed. */
  list(signal: AbortSignal): Promise<readonly RunId[]>;
  /** Removes what a finished run left on the target: working folder, spool. */
  remove(runId: RunId): Promise<void>;
  /** Load history of a run, oldest first, also after it ended. Empty when unknown. */
  loadHistory(runId: RunId): Promise<readonly LoadSample[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AdoptRequest {
  readonly runId: RunId;
  readonly ref: RemoteRef | null;
  /** Cursor of the last chunk that is stored; null to read from the beginning. */
  readonly afterCursor: string | null;
}
