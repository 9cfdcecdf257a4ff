import type Dockerode from "dockerode";
import { AppError } from "#contract/errors.ts";
import { isRootUser } from "#core/manifest/container-consents.ts";
import type { RunSpec } from "../../driver.ts";
import { AGENT_LABEL, HOME_LABEL, RELEASE_LABEL, RUN_LABEL } from "../engine/container-facts.ts";
import type { EngineFacts } from "../engine/engine-link.ts";
import { SHARED_MOUNT } from "./run-place.ts";
import type { HandedToContainer } from "./run-secrets.ts";

export interface CreateRequest {
  readonly spec: RunSpec;
  readonly image: string;
  /** User named by the image; empty for root. */
  readonly imageUser: string;
  readonly facts: EngineFacts;
  /** Folder of this computer to be seen as `/pilothouse`; null when the engine is elsewhere. */
  readonly sharedFolder: string | null;
  /** Value of the label that tells the runs of one data folder from those of another. */
  readonly home: string;
  /** User and group for images that would run as root, e.g. `1000:1000`. */
  readonly plainUser: string;
  readonly secrets: HandedToContainer;
}

/** Room for the engine's copy of the output, which fills the gap when Pilothouse was away. */
export const ENGINE_LOG_BYTES = 4 * 500_000_000;
const DOCKER_LOG = { Type: "local", Config: { "max-size": "500m", "max-file": "4", compress: "false" } };
/** What the engine writes down by itself is not masked. */
const NO_LOG = { Type: "none", Config: {} };
const NANO = 1e9;
const ALL_GPUS = -1;
/** Podman's own defaults are refused where its service runs with lower ones; see QUIRKS.md. */
const PODMAN_ULIMITS = [
  { Name: "nofile", Soft: 16_384, Hard: 16_384 },
  { Name: "nproc", Soft: 16_384, Hard: 16_384 },
];
const VOLUME = /^([a-z0-9][a-z0-9_.-]{0,62}):(\/[^:]+)$/;

export function containerNameOf(runId: string): string {
  return `pilothouse-${runId}`;
}

/** @throws AppError `start.refused` when the manifest asks for what no container of Pilothouse gets */
export function createOptions(request: CreateRequest): Dockerode.ContainerCreateOptions {
  const { facts, home, image, secrets, spec } = request;
  const network = networkOf(spec);
  const port = spec.port === null || network === "none" ? null : `${spec.port}/tcp`;
  const [program, ...args] = spec.command;
  return {
    name: containerNameOf(spec.runId),
    Image: image,
    // As the entry point, so that the image's own does not get the command as its arguments.
    ...(program === undefined ? {} : { Entrypoint: [program], Cmd: args }),
    User: userOf(request),
    Env: Object.entries(environmentOf(request)).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [RUN_LABEL]: spec.runId,
      [HOME_LABEL]: home,
      [AGENT_LABEL]: spec.agent,
      [RELEASE_LABEL]: spec.release,
    },
    AttachStdout: true,
    AttachStderr: true,
    ...(secrets.input === null ? {} : { AttachStdin: true, OpenStdin: true, StdinOnce: true }),
    Tty: false,
    ...(port === null ? {} : { ExposedPorts: { [port]: {} } }),
    HostConfig: {
      // Process 1 of a container ignores signals it does not handle; a small init takes that place.
      Init: true,
      AutoRemove: false,
      RestartPolicy: { Name: "no" },
      Privileged: false,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      ...(facts.product === "podman" ? { Ulimits: PODMAN_ULIMITS } : {}),
      ...(network === null ? {} : { NetworkMode: network }),
      ...(port === null
        ? {}
        : { PortBindings: { [port]: [{ HostIp: "127.0.0.1", HostPort: String(spec.port) }] } }),
      Mounts: mountsOf(request),
      ...limitsOf(spec),
      ...gpusOf(request),
      LogConfig: secrets.masked.length > 0 ? NO_LOG : logConfigOf(facts),
    },
  };
}

/** Whether the engine writes down by itself what the container says. */
export function isLogKept({ HostConfig: host }: Pick<Dockerode.ContainerInspectInfo, "HostConfig">): boolean {
  return host.LogConfig?.Type !== NO_LOG.Type;
}

/** Whether that log is the one of Docker that drops line feeds. */
export function isLogLosingLineEnds(facts: EngineFacts): boolean {
  return facts.product !== "podman" && isLogExact(facts);
}

/** Whether the engine's log of a container made with `createOptions` gives bytes back, line feeds of long lines aside. */
export function isLogExact(facts: EngineFacts): boolean {
  return facts.product === "podman" || facts.logDrivers.includes("local");
}

/** Whether whoever follows that log is told all of it; see QUIRKS.md. */
export function isLogFollowExact(facts: EngineFacts): boolean {
  return facts.product !== "podman";
}

function logConfigOf(facts: EngineFacts) {
  if (facts.product === "podman") return { Type: "k8s-file", Config: {} };
  return isLogExact(facts) ? DOCKER_LOG : { Type: "json-file", Config: {} };
}

function environmentOf({ secrets, spec, sharedFolder }: CreateRequest): Readonly<Record<string, string>> {
  return {
    PYTHONUNBUFFERED: "1",
    ...spec.env,
    ...secrets.env,
    PILOTHOUSE_RUN_ID: spec.runId,
    PILOTHOUSE_AGENT: spec.agent,
    PILOTHOUSE_RELEASE: spec.release,
    PILOTHOUSE_INPUT: spec.inputJson,
    ...(sharedFolder === null
      ? {}
      : {
          PILOTHOUSE_WORKDIR: SHARED_MOUNT,
          PILOTHOUSE_SCREENSHOTS: `${SHARED_MOUNT}/screenshots`,
          PILOTHOUSE_STOP_FILE: `${SHARED_MOUNT}/stop`,
        }),
    ...(spec.port === null ? {} : { PILOTHOUSE_PORT: String(spec.port) }),
  };
}

function userOf({ imageUser, plainUser, spec }: CreateRequest): string {
  return spec.container?.user ?? (isRoot(imageUser) ? plainUser : imageUser);
}

export function isRoot(user: string): boolean {
  return user === "" || isRootUser(user);
}

function networkOf({ container }: RunSpec): string | null {
  const network = container?.network;
  if (network === undefined || network === "bridge") return null;
  if (network !== "host" && !network.startsWith("container:") && !network.startsWith("ns:")) return network;
  throw refused(`the network ${network} is one of the host or of another container`);
}

function mountsOf({ secrets: { mount }, spec, sharedFolder }: CreateRequest): Dockerode.MountConfig {
  const volumes = (spec.container?.volumes ?? []).map((text) => {
    const [, name, place] = VOLUME.exec(text) ?? [];
    if (name === undefined || place === undefined) {
      throw refused(`the volume ${text} is not of the form name:/path`);
    }
    return { Type: "volume" as const, Source: `pilothouse-${spec.agent}-${name}`, Target: place };
  });
  const binds = [
    ...(sharedFolder === null ? [] : [{ Source: sharedFolder, Target: SHARED_MOUNT }]),
    ...(mount === null ? [] : [{ Source: mount.source, Target: mount.target, ReadOnly: true }]),
  ];
  return [...binds.map((bind) => ({ Type: "bind" as const, ...bind })), ...volumes];
}

function limitsOf({ limits }: RunSpec): Dockerode.HostConfig {
  const { cpuCores, memoryBytes, pids } = limits;
  return {
    ...(cpuCores === undefined ? {} : { NanoCpus: Math.round(cpuCores * NANO) }),
    // Without swap beyond it, or the limit would only make the run slow.
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(pids === undefined ? {} : { PidsLimit: pids }),
  };
}

function gpusOf({ facts, spec }: CreateRequest): Dockerode.HostConfig {
  const gpus = spec.container?.gpus;
  if (gpus === undefined) return {};
  if (!facts.offersGpus) throw refused("GPUs, and this engine offers none");
  return { DeviceRequests: [{ Count: gpus === "all" ? ALL_GPUS : gpus, Capabilities: [["gpu"]] }] };
}

function refused(problem: string): AppError {
  return new AppError("start.refused", `The manifest asks for what containers do not get: ${problem}`, {
    details: { command: "", problem },
  });
}
