import type Dockerode from "dockerode";
import type { LimitReport } from "#contract/run.ts";
import { formatSize } from "#core/units.ts";
import type { RunLimits } from "../../driver.ts";
import type { EngineFacts } from "../engine/engine-link.ts";
import { isRoot } from "./create-options.ts";

type Inspected = Dockerode.ContainerInspectInfo;

/** What containers get when nothing is dropped; Podman lists the dropped ones by name. */
const DEFAULT_CAPABILITIES = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];
const ENGINE_SOCKET = /(docker|podman|containerd|crio)[^/]*\.sock|^\/(var\/)?run\/?$/;
const NANO = 1e9;

/**
 * What a container that was made has beyond what Pilothouse asked for, as the engine itself tells it. Nothing is
 * started while this is not empty.
 */
export function findExcess(
  info: Inspected,
  asked: { readonly mayBeRoot: boolean; readonly mayHaveGpus: boolean },
): readonly string[] {
  const { Config: config, HostConfig: host } = info;
  const dropped = new Set(
    (host.CapDrop ?? []).map((name: string) => name.replace(/^CAP_/, "").toUpperCase()),
  );
  const isAllDropped = dropped.has("ALL") || DEFAULT_CAPABILITIES.every((name) => dropped.has(name));
  const options = (host.SecurityOpt ?? []) as readonly string[];
  const checks: readonly (readonly [boolean, string])[] = [
    [host.Privileged === true, "it is privileged"],
    [!isAllDropped, "it keeps capabilities"],
    [(host.CapAdd ?? []).length > 0, "it has added capabilities"],
    [!options.some((option) => option.startsWith("no-new-privileges")), "it may gain privileges"],
    [options.some((option) => option.endsWith("=unconfined")), "it is not confined"],
    [isRoot(config.User) && !asked.mayBeRoot, "it runs as root"],
    [host.NetworkMode === "host", "it uses the network of the host"],
    [host.PidMode === "host", "it sees the processes of the host"],
    [host.IpcMode === "host", "it shares memory with the host"],
    [host.UTSMode === "host", "it can rename the host"],
    [host.UsernsMode === "host", "it has the users of the host"],
    [(host.Devices ?? []).length > 0, "it has devices of the host"],
    [(host.DeviceRequests ?? []).length > 0 && !asked.mayHaveGpus, "it has GPUs"],
    [(info.Mounts ?? []).some(({ Source }) => ENGINE_SOCKET.test(Source ?? "")), "it reaches an engine"],
  ];
  return checks.flatMap(([isSo, problem]) => (isSo ? [problem] : []));
}

/** The limits that were asked for, each compared with what the engine says is set. */
export function reportLimits(wanted: RunLimits, info: Inspected, facts: EngineFacts): readonly LimitReport[] {
  const { HostConfig: host } = info;
  const { cpuCores, memoryBytes, pids } = wanted;
  const reports: LimitReport[] = [];
  const add = (limit: "cpus" | "memory" | "pids", text: string, isSet: boolean) =>
    reports.push({ limit, wanted: text, ...verdict(!facts.missingLimits.includes(limit), isSet) });
  if (cpuCores !== undefined) add("cpus", String(cpuCores), Math.abs(cpusOf(host) - cpuCores) < 0.01);
  if (memoryBytes !== undefined) add("memory", formatSize(memoryBytes), host.Memory === memoryBytes);
  if (pids !== undefined) add("pids", String(pids), host.PidsLimit === pids);
  return reports;
}

function verdict(isPossible: boolean, isSet: boolean): Pick<LimitReport, "isEnforced" | "how"> {
  if (!isPossible) return { isEnforced: false, how: "the host of the engine cannot keep this limit" };
  return isSet
    ? { isEnforced: true, how: "set by the engine and read back from it" }
    : { isEnforced: false, how: "the engine did not take it over" };
}

function cpusOf(host: Dockerode.HostConfig): number {
  if (host.NanoCpus) return host.NanoCpus / NANO;
  return host.CpuQuota && host.CpuPeriod ? host.CpuQuota / host.CpuPeriod : 0;
}
