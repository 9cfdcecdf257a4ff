import { z } from "zod";
import { containerConsentSchema } from "./engine.ts";
import {
  type AgentName,
  agentNameSchema,
  type ReleaseId,
  type RunId,
  runIdSchema,
  type TargetId,
  targetIdSchema,
} from "./ids.ts";
import type { LimitMeansCode, Phrase, RunNoteCode } from "./phrase.ts";

/** The life of a run; the allowed steps between states stand in `core/run-state.ts`. */
export const RUN_STATES = [
  "queued",
  "starting",
  "running",
  "stopping",
  "disconnected",
  "needs-attention",
  "succeeded",
  "failed",
  "stopped",
  "killed",
  "lost",
] as const;
export const runStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runStateSchema>;

/** States a run never leaves. */
export const FINAL_RUN_STATES = [
  "succeeded",
  "failed",
  "stopped",
  "killed",
  "lost",
] as const satisfies readonly RunState[];
export function isFinal(state: RunState): boolean {
  return (FINAL_RUN_STATES as readonly RunState[]).includes(state);
}

/** States a run may still leave. */
export const LIVE_STATES: RunState[] = RUN_STATES.filter((state) => !isFinal(state));

/**
 * Why a run is in its state, as a code; the sentence is made where it is shown.
 *
 * - `exited`: ended by itself; details.exitCode
 * - `signalled`: ended by a signal nobody here sent; details.signal
 * - `out-of-memory`: the system ended it at its memory limit; details.limitBytes
 * - `stopped-by-user`, `killed-by-user`: asked for here
 * - `killed-after-grace`: did not end within the grace time after a soft stop; details.graceMs
 * - `survivors`: a stop could not end every process; details.pids
 * - `time-limit`: reached `limits.timeout`; details.timeoutMs
 * - `unhealthy`: its health check failed too often; details.failures, details.problem
 * - `start-failed`: never ran; details.code (an ErrorCode) and details.problem, and the error's own details
 * - `waiting-to-restart`: the restart policy starts it at details.atMs
 * - `supervisor-gone`: the process that watched it is gone and left no exit code
 * - `host-restarted`: the computer was restarted while it ran
 * - `core-gone-while-starting`: Pilothouse ended before the start was known to have happened
 * - `preparing`: packages are being installed; details.step, and details.stepCode when the step is one of `PREPARE_STEPS`
 * - `vault-unavailable`: waits for a store of secrets; details.store, details.state (a VaultState), details.problem
 */
export const RUN_REASONS = [
  "exited",
  "signalled",
  "out-of-memory",
  "stopped-by-user",
  "killed-by-user",
  "killed-after-grace",
  "survivors",
  "time-limit",
  "unhealthy",
  "start-failed",
  "waiting-to-restart",
  "supervisor-gone",
  "host-restarted",
  "core-gone-while-starting",
  "preparing",
  "vault-unavailable",
] as const;
export const runReasonSchema = z.object({
  code: z.enum(RUN_REASONS),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type RunReason = z.infer<typeof runReasonSchema>;
export type RunReasonCode = RunReason["code"];

export const healthSchema = z.enum(["none", "waiting", "healthy", "unhealthy"]);
/** `none`: the manifest names no health check. `waiting`: not answered yet. */
export type Health = z.infer<typeof healthSchema>;

/** Which way a change came in. */
export const doorSchema = z.enum(["window", "cli", "restart-policy", "startup"]);
export type Door = z.infer<typeof doorSchema>;

/** One execution of one release of an agent on one target. Times are milliseconds since the epoch, UTC. */
export interface Run {
  readonly id: RunId;
  readonly agent: AgentName;
  readonly release: ReleaseId | null;
  readonly target: TargetId;
  readonly state: RunState;
  readonly reason: RunReason | null;
  readonly exitCode: number | null;
  readonly health: Health;
  /** 1 for a run somebody started; n + 1 when the restart policy started it after attempt n. */
  readonly attempt: number;
  /** The run this one replaces, when the restart policy or "start again" made it. */
  readonly previousRunId: RunId | null;
  readonly door: Door;
  /** The run's input as JSON text; `{}` when the agent takes none. */
  readonly inputJson: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly pid: number | null;
  /** Loopback port given to the agent as PILOTHOUSE_PORT, when its manifest uses `{port}`. */
  readonly port: number | null;
  /** Limits that are really in force, and those that could not be set, with why. */
  readonly limits: readonly LimitReport[];
}

export interface LimitReport {
  readonly limit: "cpus" | "memory" | "pids" | "timeout";
  /** As in the manifest, e.g. `256MiB`. */
  readonly wanted: string;
  readonly isEnforced: boolean;
  /** How it is enforced, or why it is not; one English phrase. */
  readonly how: string;
  /** The same as a code with facts; absent in runs of earlier versions. */
  readonly means?: Phrase<LimitMeansCode> | undefined;
}

/** One step of a run's history. `at` orders them; `seq` breaks ties. */
export interface TimelineEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: "state" | "health" | "screenshot" | "adopted" | "note";
  readonly state: RunState | null;
  readonly reason: RunReason | null;
  /** English text for `note`; the id for `screenshot`; the health word for `health`. */
  readonly text: string | null;
  /** The text of a `note` as a code with facts; absent where there is none. */
  readonly note?: Phrase<RunNoteCode> | undefined;
}

/** Load of the whole process tree of a run at one moment. */
export interface LoadSample {
  readonly atMs: number;
  /** 1 = one core fully used. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly processCount: number;
}

export interface Screenshot {
  readonly id: string;
  readonly runId: RunId;
  readonly atMs: number;
  readonly sizeBytes: number;
  readonly mimeType: "image/png" | "image/jpeg" | "image/webp" | "image/gif";
  readonly width: number;
  readonly height: number;
}

export const startRunSchema = z.object({
  agent: agentNameSchema,
  target: targetIdSchema.default("this-computer" as TargetId),
  /** Any JSON value that matches the manifest's `inputs`. */
  input: z.unknown().optional(),
  /** What the person says yes to; remembered for the agent. */
  confirms: z.array(containerConsentSchema).optional(),
});
export type StartRun = z.infer<typeof startRunSchema>;

export const stopRunSchema = z.object({ runId: runIdSchema, isForced: z.boolean().default(false) });
export type StopRun = z.infer<typeof stopRunSchema>;

export const listRunsSchema = z.object({
  agent: agentNameSchema.optional(),
  target: targetIdSchema.optional(),
  states: z.array(runStateSchema).optional(),
  /** Part of an id, agent name or reason. */
  search: z.string().max(200).optional(),
  /** Only runs whose log is kept whatever its age and size. */
  isPinned: z.literal(true).optional(),
  limit: z.number().int().min(1).max(1000).default(100),
  /** Newest first; only runs created before this one. */
  beforeId: runIdSchema.optional(),
});
export type ListRuns = z.infer<typeof listRunsSchema>;

/** What an agent's runs say about it. */
export interface AgentRunSummary {
  readonly agent: AgentName;
  readonly latest: Run;
  /** Runs that have not ended. */
  readonly liveRunIds: readonly RunId[];
}

export interface RunPage {
  readonly runs: readonly Run[];
  /** How many runs match in all. */
  readonly total: number;
  readonly hasMore: boolean;
}
