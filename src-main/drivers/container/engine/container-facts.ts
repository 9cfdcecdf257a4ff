import type Dockerode from "dockerode";
import {
  CONTAINER_STATES,
  type Container,
  type ContainerDetails,
  type ContainerState,
  type PortBinding,
} from "#contract/engine.ts";
import { type RunId, runIdSchema } from "#contract/ids.ts";

/** Label with the id of the run, on everything Pilothouse makes on an engine. */
export const RUN_LABEL = "io.pilothouse.run";
/** Label that tells the runs of one data folder from those of another on the same engine. */
export const HOME_LABEL = "io.pilothouse.home";
export const AGENT_LABEL = "io.pilothouse.agent";
export const RELEASE_LABEL = "io.pilothouse.release";

const PROJECT_LABELS = ["com.docker.compose.project", "io.podman.compose.project"];
const SERVICE_LABELS = ["com.docker.compose.service", "io.podman.compose.service"];

type Labels = Readonly<Record<string, string>> | null | undefined;

/** What the list of an engine leaves out; null until the container was looked into. */
export type LookedUp = Pick<Container, "startedAtMs" | "restartCount" | "exitCode">;
export const NOT_LOOKED_UP: LookedUp = { startedAtMs: null, restartCount: null, exitCode: null };

export function toContainer(info: Dockerode.ContainerInfo): Container {
  return {
    id: info.Id,
    name: nameOf(info.Names),
    image: info.Image,
    imageId: info.ImageID,
    state: toState(info.State),
    status: info.Status ?? "",
    createdAtMs: info.Created * 1000,
    ports: toPorts(info.Ports),
    project: labelOf(info.Labels, PROJECT_LABELS),
    service: labelOf(info.Labels, SERVICE_LABELS),
    runId: runIdOf(info.Labels),
    ...NOT_LOOKED_UP,
  };
}

export function toDetails(info: Dockerode.ContainerInspectInfo): ContainerDetails {
  const { Config: config, State: state } = info;
  const lookedUp = toLookedUp(info);
  return {
    container: {
      id: info.Id,
      name: nameOf([info.Name]),
      image: config.Image,
      imageId: info.Image,
      state: toState(state.Status),
      status: state.Status,
      createdAtMs: Date.parse(info.Created),
      ports: inspectedPorts(info),
      project: labelOf(config.Labels, PROJECT_LABELS),
      service: labelOf(config.Labels, SERVICE_LABELS),
      runId: runIdOf(config.Labels),
      ...lookedUp,
    },
    finishedAtMs: timeOrNull(state.FinishedAt),
    wasOutOfMemory: state.OOMKilled,
    hasTty: config.Tty,
    inspectJson: JSON.stringify(info),
  };
}

export function toLookedUp({ RestartCount, State: state }: Dockerode.ContainerInspectInfo): LookedUp {
  const startedAtMs = timeOrNull(state.StartedAt);
  const isOver = startedAtMs !== null && !state.Running && !state.Paused;
  return { startedAtMs, restartCount: RestartCount ?? 0, exitCode: isOver ? state.ExitCode : null };
}

/** Engines write the year 1 for a moment that has not come. */
export function timeOrNull(text: string | null | undefined): number | null {
  const atMs = Date.parse(text ?? "");
  return Number.isNaN(atMs) || atMs <= 0 ? null : atMs;
}

export function runIdOf(labels: Labels): RunId | null {
  return runIdSchema.safeParse(labels?.[RUN_LABEL]).data ?? null;
}

export function labelOf(labels: Labels, names: readonly string[]): string | null {
  for (const name of names) {
    const value = labels?.[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

export function nameOf(names: readonly string[] | null | undefined): string {
  return (names?.[0] ?? "").replace(/^\//, "");
}

function toState(text: string): ContainerState {
  const state = CONTAINER_STATES.find((each) => each === text);
  if (state !== undefined) return state;
  // Podman's own words; see QUIRKS.md.
  if (text === "configured" || text === "initialized") return "created";
  return text === "stopped" || text === "stopping" ? "exited" : "unknown";
}

function toPorts(ports: readonly Dockerode.Port[] | null | undefined): readonly PortBinding[] {
  return (ports ?? []).map(({ PrivatePort, PublicPort, Type, IP }) => ({
    containerPort: PrivatePort,
    protocol: Type,
    hostPort: PublicPort ?? null,
    hostAddress: IP ?? "",
  }));
}

function inspectedPorts({ NetworkSettings }: Dockerode.ContainerInspectInfo): readonly PortBinding[] {
  return Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]): readonly PortBinding[] => {
    const [port = "", protocol = ""] = key.split("/");
    const base = { containerPort: Number(port), protocol };
    if (!bindings?.length) return [{ ...base, hostPort: null, hostAddress: "" }];
    return bindings.map(({ HostIp, HostPort }) => ({
      ...base,
      hostPort: Number(HostPort),
      hostAddress: HostIp,
    }));
  });
}
