import type { ComposeGroup, Container, ContainerState, Image } from "#contract/engine.ts";
import { targetIdSchema } from "#contract/ids.ts";
import type { Target } from "#contract/target.ts";
import { DEMO_NOW_MS } from "./demo-data.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const MIB = 2 ** 20;

export const DOCKER = targetIdSchema.parse("docker");
export const PODMAN = targetIdSchema.parse("podman");

export function hex(salt: number, length = 64): string {
  return Array.from({ length }, (_, index) =>
    ((salt * 7 + index * 11 + ((salt * index) % 5)) % 16).toString(16),
  ).join("");
}

type Sketch = readonly [name: string, image: string, state: ContainerState, change?: Partial<Container>];

const port = (containerPort: number, hostPort: number | null, hostAddress = "0.0.0.0") => ({
  containerPort,
  hostPort,
  hostAddress,
  protocol: "tcp",
});

export const SKETCHES: readonly Sketch[] = [
  [
    "shop-web-1",
    "nginx:1.27-alpine",
    "running",
    { project: "shop", service: "web", ports: [port(80, 8080), port(443, 8443)] },
  ],
  [
    "shop-api-1",
    "registry.example.com/shop/api:2026.11.3",
    "running",
    { project: "shop", service: "api", ports: [port(3000, null)], restartCount: 2 },
  ],
  [
    "shop-worker-1",
    "registry.example.com/shop/worker:2026.11.3",
    "restarting",
    { project: "shop", service: "worker", restartCount: 17 },
  ],
  [
    "shop-db-1",
    "postgres:17.2",
    "running",
    { project: "shop", service: "db", ports: [port(5432, 5432, "127.0.0.1")] },
  ],
  ["shop-cache-1", "valkey/valkey:8.0", "paused", { project: "shop", service: "cache" }],
  [
    "monitoring-grafana-1",
    "grafana/grafana:11.4.0",
    "running",
    { project: "monitoring", service: "grafana", ports: [port(3000, 3000)] },
  ],
  [
    "monitoring-prometheus-1",
    "prom/prometheus:v3.0.1",
    "running",
    { project: "monitoring", service: "prometheus", ports: [port(9090, null)] },
  ],
  [
    "monitoring-loki-1",
    "grafana/loki:3.3.1",
    "exited",
    { project: "monitoring", service: "loki", exitCode: 137 },
  ],
  ["pilothouse-0q4k1m2n3p5r6s7t", "pilothouse/price-watcher:9f2c1a7b", "running"],
  ["builder", "moby/buildkit:v0.18.2", "running"],
  ["migrate-2026-11-18", "registry.example.com/shop/api:2026.11.2", "exited", { exitCode: 0 }],
  ["scratchpad", "debian:bookworm-slim", "created"],
];

export function makeContainers(count: number): Container[] {
  return Array.from({ length: count }, (_, index): Container => {
    const sketch = SKETCHES[index];
    const [name, image, state, change] = sketch ?? [
      `load-${String(index).padStart(4, "0")}`,
      "localhost/busybox:1",
      index % 3 === 0 ? "exited" : "running",
    ];
    const isLive = state === "running" || state === "paused";
    return {
      id: hex(index + 1),
      name,
      image,
      imageId: `sha256:${hex(index + 100)}`,
      state,
      status: isLive ? "Up 3 hours" : "Exited",
      createdAtMs: DEMO_NOW_MS - 3 * DAY - index * HOUR,
      ports: [],
      project: null,
      service: null,
      runId: null,
      startedAtMs: state === "created" ? null : DEMO_NOW_MS - 3 * HOUR - index * 17 * MINUTE,
      restartCount: 0,
      exitCode: state === "exited" ? 0 : null,
      ...change,
    };
  });
}

export function demoImages(containers: readonly Container[]): readonly Image[] {
  const used = Map.groupBy(containers, ({ image }) => image);
  const images = [...used].map(
    ([name, own], index): Image => ({
      id: `sha256:${hex(index + 100)}`,
      names: [name],
      digests: [],
      sizeBytes: (24 + index * 37) * MIB,
      createdAtMs: DEMO_NOW_MS - (index + 2) * 5 * DAY,
      usedBy: own.map((container) => container.name),
    }),
  );
  const dangling = { id: `sha256:${hex(300)}`, names: [], digests: [], sizeBytes: 412 * MIB, usedBy: [] };
  return [...images, { ...dangling, createdAtMs: DEMO_NOW_MS - 9 * DAY }];
}

export function demoGroups(containers: readonly Container[], isFailing: boolean): readonly ComposeGroup[] {
  return [...Map.groupBy(containers, ({ project }) => project)].flatMap(([project, own]) =>
    project === null
      ? []
      : [
          {
            engine: DOCKER,
            project,
            files: [`/home/kim/${project}/compose.yaml`],
            containerIds: own.map(({ id }) => id),
            runningCount: own.filter(({ state }) => state === "running").length,
            isSteerable: project === "shop" && !isFailing,
            problem:
              project === "shop" && !isFailing
                ? null
                : `The compose file /home/kim/${project}/compose.yaml is not on this computer.`,
          },
        ],
  );
}

export function inspected({ id, name, image, imageId, state, exitCode }: Container): unknown {
  return {
    Id: id,
    Created: "2026-11-17T08:00:00.123456789Z",
    Path: "/docker-entrypoint.sh",
    Args: ["nginx", "-g", "daemon off;"],
    State: {
      Status: state,
      Running: state === "running",
      ExitCode: exitCode ?? 0,
      OOMKilled: exitCode === 137,
    },
    Image: imageId,
    Name: `/${name}`,
    RestartCount: 0,
    HostConfig: {
      NetworkMode: "shop_default",
      Memory: 536_870_912,
      RestartPolicy: { Name: "unless-stopped" },
    },
    Mounts: [{ Type: "volume", Name: "shop_db-data", Destination: "/var/lib/data", RW: true }],
    Config: {
      Image: image,
      Env: ["PATH=/usr/local/sbin:/usr/local/bin", "NGINX_VERSION=1.27.3"],
      Labels: {},
    },
    NetworkSettings: { Networks: { shop_default: { IPAddress: "172.19.0.4", Gateway: "172.19.0.1" } } },
  };
}

export function demoEngineTarget(id: Target["id"]): Target {
  return {
    id,
    kind: "container",
    name: id,
    capabilities: {
      survivesAppExit: true,
      terminal: true,
      loadSamples: true,
      screenshots: true,
      runtime: "container",
      otherRuntime: "process",
    },
    probe: { isReachable: true, atMs: DEMO_NOW_MS, facts: [], warnings: [] },
  };
}
