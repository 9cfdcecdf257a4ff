import { z } from "zod";
import { credentialNameSchema } from "./credential.ts";
import type { ErrorCode } from "./errors.ts";
import { type AgentName, agentNameSchema } from "./ids.ts";

/** Name of a sink, unique in one data folder. */
export const sinkNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "a lower-case letter, then up to 62 lower-case letters, digits or -")
  .brand<"SinkName">();
export type SinkName = z.infer<typeof sinkNameSchema>;

/** `file`: lines of JSON in a rotating file. `loki`: its push API. `otlp`: any collector that takes OTLP over HTTP. */
export const SINK_KINDS = ["file", "loki", "otlp"] as const;
export const sinkKindSchema = z.enum(SINK_KINDS);
export type SinkKind = z.infer<typeof sinkKindSchema>;

export const SINK_FILE_DEFAULTS = { maxFileBytes: 100 * 1024 ** 2, maxFiles: 10 } as const;

const url = z.string().min(1).max(2_000);
/** What it logs in with; the value stays in the vault. Token, password or free fields as headers. */
const credential = credentialNameSchema.nullable().default(null);

/** Where lines go. */
export const sinkTargetSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("file"),
    /** Absolute. The file in it is named after the sink. */
    folder: z.string().min(1).max(4_096),
    /** Size at which a file is put aside. */
    maxFileBytes: z
      .number()
      .int()
      .min(64 * 1024)
      .default(SINK_FILE_DEFAULTS.maxFileBytes),
    /** Files that are kept besides the one that grows; the oldest goes. */
    maxFiles: z.number().int().min(1).max(1_000).default(SINK_FILE_DEFAULTS.maxFiles),
  }),
  z.object({
    kind: z.literal("loki"),
    /** Of the server; the path of its push API is added where there is none. */
    url,
    credential,
    /** `X-Scope-OrgID` of a server with several tenants. */
    tenant: z.string().max(150).nullable().default(null),
    /** Besides job, agent, run and stream. */
    labels: z
      .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/), z.string().max(200))
      .refine((labels) => Object.keys(labels).length <= 10, "at most 10 labels")
      .default({}),
  }),
  z.object({
    kind: z.literal("otlp"),
    /** Of the collector; `/v1/logs` is added where there is no path. */
    url,
    credential,
  }),
]);
export type SinkTarget = z.infer<typeof sinkTargetSchema>;

/** Makes a sink or changes one, which goes on where it was. */
export const setSinkSchema = z.object({
  name: sinkNameSchema,
  target: sinkTargetSchema,
  isOn: z.boolean().default(true),
  /** Only the output of these agents; null for all. */
  agents: z.array(agentNameSchema).min(1).max(1_000).nullable().default(null),
});
export type SetSink = z.infer<typeof setSinkSchema>;

/**
 * `off`: kept, and sends nothing. `idle`: everything was sent. `sending`: lines are on their way. `failing`: the last
 * try failed, another one follows. `resting`: this core was started for one command and sends nothing.
 */
export const SINK_STATES = ["off", "idle", "sending", "failing", "resting"] as const;
export type SinkState = (typeof SINK_STATES)[number];

/** Why lines were not taken. */
export interface SinkTrouble {
  readonly code: ErrorCode;
  /** English; the window makes its own sentence from the code. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly atMs: number;
}

/** A sink and how it is doing. */
export interface LogSink {
  readonly name: SinkName;
  readonly target: SinkTarget;
  readonly isOn: boolean;
  readonly agents: readonly AgentName[] | null;
  /** Output of runs that began since is sent, and that of runs that were live then, from their next line on. */
  readonly sinceMs: number;
  readonly state: SinkState;
  readonly lastSentAtMs: number | null;
  readonly sentLines: number;
  /** Lines the other side will never take, e.g. because they are too old for it; they were passed over. */
  readonly refusedLines: number;
  /** Logs that were removed by age or size before they were sent whole. */
  readonly missedLogs: number;
  /** Output that is stored and was not sent yet, near enough. */
  readonly waitingBytes: number;
  readonly waitingRuns: number;
  /** Of the last try, or of lines that were refused since the last change; null when all is well. */
  readonly trouble: SinkTrouble | null;
  /** When the next try is due; null unless it is failing. */
  readonly retryAtMs: number | null;
}

/** What a test of a sink found. It throws where the sink would fail. */
export interface SinkTest {
  readonly name: SinkName;
  readonly tookMs: number;
}
