import { z } from "zod";
import { agentNameSchema, releaseIdSchema, runIdSchema, targetIdSchema } from "#contract/ids.ts";
import { LIMIT_MEANS, RUN_NOTES } from "#contract/phrase.ts";
import {
  doorSchema,
  healthSchema,
  type LimitReport,
  type Run,
  type RunReason,
  runReasonSchema,
  runStateSchema,
  type TimelineEntry,
} from "#contract/run.ts";
import type { RemoteRef } from "#main/drivers/index.ts";
import type { StopIntent, StoredRun } from "#main/runs/index.ts";

const detailsSchema = runReasonSchema.shape.details;
const noteSchema = z
  .object({ code: z.enum(RUN_NOTES), details: detailsSchema })
  .optional()
  .catch(undefined);
const limitSchema = z.object({
  limit: z.enum(["cpus", "memory", "pids", "timeout"]),
  wanted: z.string(),
  isEnforced: z.boolean(),
  how: z.string(),
  means: z
    .object({ code: z.enum(LIMIT_MEANS), details: detailsSchema })
    .optional()
    // How a later version enforces a limit is told by its English text.
    .catch(undefined),
});
const stopIntentSchema = z.enum([
  "user-soft",
  "user-hard",
  "time-limit",
  "unhealthy",
]) satisfies z.ZodType<StopIntent>;
const kindSchema = z.enum(["state", "health", "screenshot", "adopted", "note"]);

/** A row of `runs`, joined with its manifest where that is asked for. */
export interface RunRow {
  readonly id: string;
  readonly agent: string;
  readonly target: string;
  readonly release: string | null;
  readonly state: string;
  readonly reason_code: string | null;
  readonly reason_details_json: string | null;
  readonly exit_code: number | null;
  readonly health: string;
  readonly attempt: number;
  readonly previous_run_id: string | null;
  readonly door: string;
  readonly input_json: string;
  readonly created_at_ms: number;
  readonly due_at_ms: number | null;
  readonly started_at_ms: number | null;
  readonly ended_at_ms: number | null;
  readonly pid: number | null;
  readonly port: number | null;
  readonly limits_json: string;
  readonly ref: string | null;
  readonly stop_intent: string | null;
}

export interface StoredRunRow extends RunRow {
  readonly manifest_json: string;
}

export interface TimelineRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly kind: string;
  readonly state: string | null;
  readonly reason_json: string | null;
  readonly text: string | null;
}

export function runOf(row: RunRow): Run {
  return {
    id: runIdSchema.parse(row.id),
    agent: agentNameSchema.parse(row.agent),
    release: releaseIdSchema.nullable().parse(row.release),
    target: targetIdSchema.parse(row.target),
    state: runStateSchema.parse(row.state),
    reason: reasonOf(row.reason_code, row.reason_details_json),
    exitCode: row.exit_code,
    health: healthSchema.parse(row.health),
    attempt: row.attempt,
    previousRunId: runIdSchema.nullable().parse(row.previous_run_id),
    door: doorSchema.parse(row.door),
    inputJson: row.input_json,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    pid: row.pid,
    port: row.port,
    limits: limitsOf(row.limits_json),
  };
}

export function storedRunOf(row: StoredRunRow): StoredRun {
  return {
    run: runOf(row),
    ref: row.ref as RemoteRef | null,
    dueAtMs: row.due_at_ms,
    stopIntent: stopIntentSchema.nullable().parse(row.stop_intent),
    manifestJson: row.manifest_json,
  };
}

/** History is read as far as it can be: no decision hangs on it, and one bad entry must not hide the others. */
export function timelineEntryOf(row: TimelineRow): TimelineEntry {
  const kind = kindSchema.catch("note").parse(row.kind);
  const json = row.reason_json === null ? null : parsed(row.reason_json);
  // The column holds the code and facts of what the entry says: a reason, or a remark.
  const note = kind === "note" ? noteSchema.parse(json ?? undefined) : undefined;
  return {
    seq: row.seq,
    atMs: row.at_ms,
    kind,
    state: runStateSchema.nullable().catch(null).parse(row.state),
    reason: runReasonSchema.nullable().catch(null).parse(json),
    text: row.text,
    ...(note === undefined ? {} : { note }),
  };
}

function reasonOf(code: string | null, detailsJson: string | null): RunReason | null {
  if (code === null) return null;
  const details = runReasonSchema.shape.details.catch({}).parse(parsed(detailsJson ?? "{}"));
  return runReasonSchema.parse({ code, details });
}

function limitsOf(json: string): readonly LimitReport[] {
  return json === "[]" ? [] : z.array(limitSchema).catch([]).parse(parsed(json));
}

/** Details that a damaged page has made unreadable cost their run its details, not the whole list its answer. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The check at the next start finds and repairs it.
    return undefined;
  }
}
