import { z } from "zod";
import { type AgentName, agentNameSchema } from "./ids.ts";

/** Days after which the log of an ended run may go; counted from its last byte. */
export const logAgeDaysSchema = z.number().int().min(1).max(36_500);
/** Bytes that logs may take on the disk. */
export const logBytesSchema = z.number().int().min(0);

export const DEFAULT_LOG_LIMITS = { maxAgeDays: 30, maxBytes: 10 * 1024 ** 3 } as const;

/** Limits of one agent; what one does not name is as for all. The size is that of the agent's logs together. */
export interface AgentLogLimits {
  readonly maxAgeDays?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/** What one tidying removed. */
export interface TidyReport {
  readonly atMs: number;
  /** Logs that were too old or too many. */
  readonly removedLogs: number;
  readonly freedBytes: number;
  /** Releases that no run and no agent used any more. */
  readonly removedReleases: number;
}

/** How long and up to which size logs are kept, and what is kept now. */
export interface LogKeeping {
  readonly maxAgeDays: number;
  /** Of all logs together, Pilothouse's own included. */
  readonly maxBytes: number;
  readonly byAgent: Readonly<Record<AgentName, AgentLogLimits>>;
  readonly runCount: number;
  /** What the logs of runs take on the disk. */
  readonly storedBytes: number;
  /** What Pilothouse's own log takes. */
  readonly ownLogBytes: number;
  /** The last tidying of this core; null before the first one, a minute after the start. */
  readonly lastTidy: TidyReport | null;
}

/**
 * Changes limits. An absent one stays; null makes it as for all again, or, without an agent, as the program ships.
 */
export const limitLogsSchema = z.object({
  /** Absent: the limits for all. */
  agent: agentNameSchema.optional(),
  maxAgeDays: logAgeDaysSchema.nullable().optional(),
  maxBytes: logBytesSchema.nullable().optional(),
});
export type LimitLogs = z.infer<typeof limitLogsSchema>;
