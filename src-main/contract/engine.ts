import { z } from "zod";
import { type RunId, type TargetId, targetIdSchema } from "./ids.ts";

/** An engine is a target too; both have the same id, e.g. `docker`, `podman`, `docker-staging`. */
export const engineIdSchema = targetIdSchema;
export type EngineId = TargetId;

/** Full id, its first characters, or the name of a container, image, volume or network. */
export const engineObjectSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,254}$/);

/**
 * - `connecting`: not asked yet
 * - `ready`: answers; what is shown is at most 5 s old
 * - `not-answering`: a call met its deadline, or the connection is refused; what is shown is old, see `answeredAtMs`
 */
export type EngineState = "connecting" | "ready" | "not-answering";

/** Where an engine was found. */
export type EngineSource = "environment" | "docker-context" | "podman-connection" | "socket";

/** A container engine as Pilothouse sees it now. */
export interface Engine {
  readonly id: EngineId;
  readonly product: "docker" | "podman" | "unknown";
  /** Empty until the engine has answered once. */
  readonly version: string;
  readonly address: string;
  readonly source: EngineSource;
  readonly state: EngineState;
  /** English; why it does not answer. */
  readonly problem: string | null;
  readonly answeredAtMs: number | null;
  /** Whether the engine runs on this computer, so that its containers can share folders with Pilothouse. */
  readonly isLocal: boolean;
  readonly isRootless: boolean;
  /** Whether its containers can be given GPUs. */
  readonly offersGpus: boolean;
  readonly containerCount: number;
  readonly runningCount: number;
  /** Words that start the compose tool for this engine, e.g. `docker compose`; null when none is installed, or nobody asked for groups yet. */
  readonly composeTool: string | null;
}

export const CONTAINER_STATES = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
  "unknown",
] as const;
export type ContainerState = (typeof CONTAINER_STATES)[number];

export interface PortBinding {
  readonly containerPort: number;
  readonly protocol: string;
  /** Null when the port is not published. */
  readonly hostPort: number | null;
  readonly hostAddress: string;
}

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  /** The engine's own sentence, e.g. `Up 3 minutes (healthy)`. */
  readonly status: string;
  readonly createdAtMs: number;
  readonly ports: readonly PortBinding[];
  /** Compose project and service; null when it belongs to none. */
  readonly project: string | null;
  readonly service: string | null;
  /** The run of Pilothouse it carries; null for a container of others. */
  readonly runId: RunId | null;
  /** When it was started last; null when it never was, and, like the next two, for a moment after it appeared. */
  readonly startedAtMs: number | null;
  /** How often the engine started it again by itself. */
  readonly restartCount: number | null;
  /** Null while it runs and when it was never started. */
  readonly exitCode: number | null;
}

/** Those of `all` that a word names: by their name or id, or else by the first characters of their id. */
export function namedBy<T>(
  word: string,
  all: readonly T[],
  containerOf: (one: T) => Pick<Container, "id" | "name">,
): readonly T[] {
  const exact = all.filter((one) => containerOf(one).name === word || containerOf(one).id === word);
  return exact.length > 0 ? exact : all.filter((one) => containerOf(one).id.startsWith(word));
}

/** What only a look into one container tells. */
export interface ContainerDetails {
  readonly container: Container;
  readonly finishedAtMs: number | null;
  readonly wasOutOfMemory: boolean;
  readonly hasTty: boolean;
  /** Everything the engine says, as JSON text. */
  readonly inspectJson: string;
}

/** All containers of an engine at one moment. */
export interface ContainerList {
  readonly engine: EngineId;
  /** When the engine was last asked for all of them; null when it never answered. */
  readonly atMs: number | null;
  readonly containers: readonly Container[];
}

/** Load of one running container at one moment. */
export interface ContainerLoad {
  readonly containerId: string;
  readonly atMs: number;
  /** 1 = one core fully used. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
  /** Null when there is no limit. */
  readonly memoryLimitBytes: number | null;
  readonly processCount: number;
}

export interface Image {
  readonly id: string;
  /** `name:tag` each; empty for an image without a name. */
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  readonly createdAtMs: number;
  /** Names of the containers that are made from it. */
  readonly usedBy: readonly string[];
}

export interface Volume {
  readonly name: string;
  readonly driver: string;
  readonly createdAtMs: number | null;
  readonly usedBy: readonly string[];
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly usedBy: readonly string[];
}

/** One step of a pull or a build. */
export interface EngineProgress {
  /** Layer of a pull; empty for what concerns the whole. */
  readonly layer: string;
  /** The engine's words, a line of a build's output, or the problem. */
  readonly text: string;
  readonly doneBytes: number | null;
  readonly totalBytes: number | null;
}

/** What a prune would remove, or has removed. */
export interface PruneList {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly freedBytes: number;
}

export const containerActionSchema = z.enum(["start", "stop", "restart", "pause", "unpause", "kill"]);
export type ContainerAction = z.infer<typeof containerActionSchema>;

export const containerPlaceSchema = z.object({ engine: engineIdSchema, container: engineObjectSchema });
export type ContainerPlace = z.infer<typeof containerPlaceSchema>;

export const removeContainerSchema = containerPlaceSchema.extend({
  /** Also a running one, which is killed. */
  isForced: z.boolean().default(false),
  /** Also its volumes without a name. */
  withVolumes: z.boolean().default(false),
});
export type RemoveContainer = z.infer<typeof removeContainerSchema>;

export const followContainerLogSchema = containerPlaceSchema.extend({
  isFollowing: z.boolean().default(true),
  /** Lines from the end to begin with; all when absent. */
  tailLines: z.number().int().min(0).max(1_000_000).optional(),
});
export type FollowContainerLog = z.infer<typeof followContainerLogSchema>;

/** A piece of a container's log, base64. The engine's own log may have altered bytes that are no UTF-8. */
export interface ContainerLogPiece {
  readonly stream: "stdout" | "stderr";
  readonly base64: string;
}

export const openShellSchema = containerPlaceSchema.extend({
  command: z.array(z.string().min(1)).min(1).max(100),
  hasTty: z.boolean().default(true),
  columns: z.number().int().min(1).max(1000).default(80),
  rows: z.number().int().min(1).max(1000).default(24),
});
export type OpenShell = z.infer<typeof openShellSchema>;

export const shellIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<"ShellId">();
/** One open shell; it ends when it is closed, when its program ends, or with the core. */
export type ShellId = z.infer<typeof shellIdSchema>;

/** `end` comes last. */
export type ShellPiece =
  | { readonly kind: "output"; readonly stream: "stdout" | "stderr"; readonly base64: string }
  | { readonly kind: "end"; readonly exitCode: number | null };

export const buildImageSchema = z.object({
  engine: engineIdSchema,
  /** Folder of this computer; what its `.dockerignore` names stays out. */
  folder: z.string().min(1).max(4096),
  dockerfile: z.string().min(1).max(1024).default("Dockerfile"),
  name: engineObjectSchema,
});
export type BuildImage = z.infer<typeof buildImageSchema>;

export const pruneSchema = z.object({
  engine: engineIdSchema,
  /** Volumes hold data that exists nowhere else, so they only go when asked for. */
  withVolumes: z.boolean().default(false),
});
export type Prune = z.infer<typeof pruneSchema>;

/** A compose project on an engine. */
export interface ComposeGroup {
  readonly engine: EngineId;
  readonly project: string;
  /** Compose files that the labels of its containers name; empty when they name none. */
  readonly files: readonly string[];
  readonly containerIds: readonly string[];
  readonly runningCount: number;
  /** Whether the installed compose tool can steer it as one: a tool and its files are there. */
  readonly isSteerable: boolean;
  /** English; why not, and what to install. */
  readonly problem: string | null;
}

export const composeActionSchema = z.enum(["up", "stop", "down", "update"]);
export type ComposeAction = z.infer<typeof composeActionSchema>;

export const actOnGroupSchema = z.object({
  engine: engineIdSchema,
  project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/),
  action: composeActionSchema,
  /** A `compose.yaml` of this computer; needed for a project that has no containers yet. */
  file: z.string().min(1).max(4096).optional(),
});
export type ActOnGroup = z.infer<typeof actOnGroupSchema>;

/**
 * What a person has to say yes to before an agent gets it in a container.
 *
 * - `root`: the manifest names root as its user
 * - `environment`: credentials in variables, which everybody who may inspect the container can read
 */
export const CONTAINER_CONSENTS = ["root", "environment"] as const;
export const containerConsentSchema = z.enum(CONTAINER_CONSENTS);
export type ContainerConsent = z.infer<typeof containerConsentSchema>;

/** How an agent would run in a container, to be shown before it does. */
export interface ContainerPlan {
  /** Image it runs from; the name that is given to it when it is built. */
  readonly image: string;
  readonly build: "none" | "agent-dockerfile" | "generated-dockerfile";
  /** The Dockerfile that is used; null when nothing is built. */
  readonly dockerfile: string | null;
  /** What a start still needs a person's yes to; see `StartRun.confirms`. */
  readonly missingConsents: readonly ContainerConsent[];
}
