import { z } from "zod";

/** What is right, by kind of fault, where a pattern or a rule alone would not tell a person. */
export const MANIFEST_HINTS = {
  size: "a size such as 256MiB (units: B, KiB, MiB, GiB)",
  duration: "a duration such as 15m (units: ms, s, m, h, d)",
  "variable-name": "a variable name: letters, digits and _, not starting with a digit",
  "agent-name": "a lower-case letter, then up to 62 lower-case letters, digits or -",
  backoff: "two durations, shortest and longest wait, such as 5s..1m",
  "image-or-build": "exactly one of image and build",
  "container-user": "root, or a number such as 1000 or 1000:1000",
  "env-or-file": "env, file or fd: how the agent gets it",
  "one-check": "exactly one of http, command and log",
  "one-runtime": "at least one of process, container, function",
} as const;

/** A size such as `256MiB`: a number and one of B, KiB, MiB, GiB. */
export const sizeTextSchema = z.string().regex(/^\d+(\.\d+)?\s?(B|KiB|MiB|GiB)$/, MANIFEST_HINTS.size);
/** A duration such as `15m`: a number and one of ms, s, m, h, d. */
export const durationTextSchema = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, MANIFEST_HINTS.duration);

const commandSchema = z
  .array(z.string().min(1))
  .min(1)
  .describe("The program and its arguments, one list entry each; never a shell string.");

const envNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, MANIFEST_HINTS["variable-name"]);

const processRuntimeSchema = z.strictObject({
  command: commandSchema,
  python: z
    .strictObject({
      version: z.string().min(1).optional().describe("Version range, e.g. >=3.10"),
      requirements: z.string().min(1).optional().describe("Requirements file, relative to the folder"),
    })
    .optional()
    .describe("Own Python virtual environment per release"),
  node: z
    .strictObject({ lockfile: z.string().min(1).describe("package-lock.json, relative to the folder") })
    .optional()
    .describe("Own node_modules per release"),
});

const containerRuntimeSchema = z
  .strictObject({
    image: z.string().min(1).optional(),
    build: z.string().min(1).optional(),
    command: commandSchema.optional(),
    network: z.string().min(1).optional(),
    user: z
      .string()
      .regex(/^(root|\d{1,10}(:\d{1,10})?)$/, MANIFEST_HINTS["container-user"])
      .optional()
      .describe("root needs a person's yes; without it, the image's user, and never root"),
    volumes: z.array(z.string().min(1)).optional(),
    gpus: z
      .union([z.literal("all"), z.number().int().positive()])
      .optional()
      .describe("GPUs of the engine's computer; a start is refused where the engine offers none"),
  })
  .refine(
    (value) => (value.image === undefined) !== (value.build === undefined),
    MANIFEST_HINTS["image-or-build"],
  );

const functionRuntimeSchema = z.strictObject({
  aws: z.record(z.string(), z.unknown()).optional(),
  google: z.record(z.string(), z.unknown()).optional(),
  azure: z.record(z.string(), z.unknown()).optional(),
  url: z.string().optional(),
});

const credentialUseSchema = z
  .strictObject({
    name: z.string().min(1),
    env: z.record(z.string(), envNameSchema).optional().describe("Field of the credential to variable name"),
    file: z.strictObject({ field: z.string().min(1), env: envNameSchema }).optional(),
    fd: z
      .strictObject({ field: z.string().min(1), env: envNameSchema })
      .optional()
      .describe("An open file descriptor to read it from once; the variable gets its number"),
  })
  .refine(
    (value) => value.env !== undefined || value.file !== undefined || value.fd !== undefined,
    MANIFEST_HINTS["env-or-file"],
  );

const healthCheckSchema = z
  .strictObject({
    http: z.string().min(1).optional().describe("Address to ask; {port} is the port given to the run"),
    command: commandSchema.optional(),
    log: z.string().min(1).optional().describe("Text of a line that says the agent is ready"),
    every: durationTextSchema.optional(),
    failures: z.number().int().min(1).optional(),
  })
  .refine(
    (value) => [value.http, value.command, value.log].filter((check) => check !== undefined).length === 1,
    MANIFEST_HINTS["one-check"],
  );

export const AGENT_CLASSES = ["computational", "automation", "service", "autonomous"] as const;

/** `agent.yaml`, version pilothouse/v1. The JSON Schema in `resources/schemas` is generated from this. */
export const manifestSchema = z.strictObject({
  apiVersion: z.literal("pilothouse/v1"),
  kind: z.literal("Agent"),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, MANIFEST_HINTS["agent-name"]),
  description: z.string().max(500).optional(),
  class: z.enum(AGENT_CLASSES),
  runtimes: z
    .strictObject({
      process: processRuntimeSchema.optional(),
      container: containerRuntimeSchema.optional(),
      function: functionRuntimeSchema.optional(),
    })
    .refine((value) => Object.keys(value).length > 0, MANIFEST_HINTS["one-runtime"]),
  inputs: z.record(z.string(), z.unknown()).optional().describe("JSON Schema of the run's input"),
  env: z.record(envNameSchema, z.string()).optional(),
  variables: z.array(envNameSchema).optional(),
  credentials: z.array(credentialUseSchema).optional(),
  limits: z
    .strictObject({
      cpus: z.number().positive().optional(),
      memory: sizeTextSchema.optional(),
      pids: z.number().int().positive().optional(),
      timeout: durationTextSchema.optional(),
    })
    .optional(),
  restart: z
    .strictObject({
      when: z.enum(["never", "on-failure", "always"]),
      max: z.number().int().min(0).optional(),
      backoff: z
        .string()
        .regex(/^\d+(\.\d+)?(ms|s|m|h|d)\.\.\d+(\.\d+)?(ms|s|m|h|d)$/, MANIFEST_HINTS.backoff)
        .optional(),
    })
    .optional(),
  health: healthCheckSchema.optional(),
  stop: z.strictObject({ grace: durationTextSchema.optional() }).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type AgentClass = Manifest["class"];
