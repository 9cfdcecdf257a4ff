import type Dockerode from "dockerode";
import { expect, test } from "vitest";
import { findExcess, reportLimits } from "./read-back.ts";

const FACTS = {
  product: "docker",
  version: "20.10",
  isRootless: false,
  offersGpus: false,
  logDrivers: ["local"],
  system: "Debian",
  cpuCount: 2,
  memoryBytes: 1,
  missingLimits: [],
} as const;

function inspected(
  host: object = {},
  config: object = {},
  more: object = {},
): Dockerode.ContainerInspectInfo {
  const info: Partial<Dockerode.ContainerInspectInfo> = JSON.parse(
    JSON.stringify({
      Config: { User: "1000:1000", ...config },
      HostConfig: { CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"], NetworkMode: "none", ...host },
      Mounts: [],
      ...more,
    }),
  );
  return info as Dockerode.ContainerInspectInfo;
}

const NOTHING = { mayBeRoot: false, mayHaveGpus: false };

test("a container that has what it should has no excess", () => {
  expect(findExcess(inspected(), NOTHING)).toEqual([]);
});

test.each([
  [{ Privileged: true }, "privileged"],
  [{ CapDrop: [] }, "capabilities"],
  [{ CapDrop: ["CAP_CHOWN", "CAP_KILL"] }, "capabilities"],
  [{ CapAdd: ["SYS_ADMIN"] }, "added"],
  [{ SecurityOpt: [] }, "gain"],
  [{ SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] }, "confined"],
  [{ NetworkMode: "host" }, "network"],
  [{ PidMode: "host" }, "processes"],
  [{ IpcMode: "host" }, "memory"],
  [{ UTSMode: "host" }, "rename"],
  [{ UsernsMode: "host" }, "users"],
  [{ DeviceRequests: [{ Count: -1, Capabilities: [["gpu"]] }] }, "GPUs"],
  [{ Devices: [{ PathOnHost: "/dev/kvm" }] }, "devices"],
])("%o is seen", (host, word) => {
  expect(findExcess(inspected(host), NOTHING).join()).toContain(word);
});

test.each(["", "root", "0", "0:0", "root:1000"])("the user %j is root", (User) => {
  expect(findExcess(inspected({}, { User }), NOTHING)).toEqual(["it runs as root"]);
});

test("root is no excess where somebody said yes to it", () => {
  expect(findExcess(inspected({}, { User: "root" }), { ...NOTHING, mayBeRoot: true })).toEqual([]);
});

test.each(["/var/run/docker.sock", "/run/podman/podman.sock", "/run", "/run/containerd/containerd.sock"])(
  "a mount of %s reaches an engine",
  (Source) => {
    expect(findExcess(inspected({}, {}, { Mounts: [{ Source }] }), NOTHING)).toEqual([
      "it reaches an engine",
    ]);
  },
);

test("a limit counts only when the engine says the same number and its host can keep it", () => {
  const wanted = { cpuCores: 0.5, memoryBytes: 1024, pids: 9 };
  const info = inspected({ CpuQuota: 50_000, CpuPeriod: 100_000, Memory: 2048, PidsLimit: 9 });

  expect(
    reportLimits(wanted, info, { ...FACTS, missingLimits: ["pids"] }).map(({ isEnforced }) => isEnforced),
  ).toEqual([true, false, false]);
});
