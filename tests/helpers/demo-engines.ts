import { setTimeout as wait } from "node:timers/promises";
import {
  type Container,
  type ContainerLoad,
  type ContainerState,
  type Engine,
  type EngineProgress,
  shellIdSchema,
} from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { Target } from "#contract/target.ts";
import type { EventJournal } from "#core/event-journal.ts";
import type { CoreFaces } from "#main/rpc/index.ts";
import { DEMO_NOW_MS } from "./demo-data.ts";
import {
  DAY,
  DOCKER,
  demoEngineTarget,
  demoGroups,
  demoImages,
  hex,
  inspected,
  MIB,
  makeContainers,
  PODMAN,
  SKETCHES,
} from "./demo-engine-data.ts";

export interface DemoEnginesDeps {
  readonly scenario: "empty" | "full" | "failing";
  readonly journal: EventJournal;
  /** Containers of the engine `docker`; a working set of them when absent. */
  readonly containerCount?: number;
}

const NEXT_STATE: Readonly<Record<string, ContainerState>> = {
  start: "running",
  restart: "running",
  unpause: "running",
  stop: "exited",
  kill: "exited",
  pause: "paused",
};

/** Container engines made of data: good for looking at screens, for nothing else. */
export function createDemoEngines({ scenario, journal, containerCount }: DemoEnginesDeps): {
  readonly engines: CoreFaces["engines"];
  readonly targets: readonly Target[];
} {
  let containers = makeContainers(containerCount ?? SKETCHES.length);
  const isFailing = scenario === "failing";
  const isEmpty = scenario === "empty";
  const docker = (): Engine => ({
    id: DOCKER,
    product: "docker",
    version: "27.4.1",
    address: "unix:///var/run/docker.sock",
    source: "socket",
    state: isFailing ? "not-answering" : "ready",
    problem: isFailing ? "The engine did not answer within 4 s" : null,
    answeredAtMs: isFailing ? DEMO_NOW_MS - 240_000 : DEMO_NOW_MS,
    isLocal: true,
    isRootless: false,
    containerCount: containers.length,
    runningCount: containers.filter(({ state }) => state === "running").length,
    composeTool: isFailing ? null : "docker compose",
    offersGpus: true,
  });
  const podman: Engine = {
    ...docker(),
    id: PODMAN,
    product: "podman",
    version: "5.3.1",
    address: "unix:///run/user/1000/podman/podman.sock",
    state: "ready",
    problem: null,
    answeredAtMs: DEMO_NOW_MS,
    isRootless: true,
    containerCount: 0,
    runningCount: 0,
    composeTool: null,
    offersGpus: false,
  };
  const list = () => (isEmpty ? [] : [docker(), podman]);
  const find = (id: string): Container => {
    const found = containers.find((each) => each.id === id || each.name === id);
    if (found !== undefined) return found;
    throw new AppError("engine.no_such_object", "No such container", {
      details: { engine: DOCKER, name: id, problem: "No such container", status: 404 },
    });
  };
  const refuse = (): void => {
    if (!isFailing) return;
    throw new AppError("engine.not_answering", "The engine did not answer", {
      details: { engine: DOCKER, problem: "It did not answer within 10 s" },
    });
  };
  function put(container: Container): void {
    containers = containers.map((each) => (each.id === container.id ? container : each));
    journal.publish({ type: "containers.changed", engine: DOCKER, changed: [container], removed: [] });
    journal.publish({ type: "engine.changed", engine: docker() });
  }
  const engines: CoreFaces["engines"] = {
    list,
    look: async (id) => (id === PODMAN ? podman : docker()),
    discover: async () => list(),
    containers: {
      list: (engine) => ({
        engine,
        atMs: docker().answeredAtMs,
        containers: engine === DOCKER ? containers : [],
      }),
      inspect: async ({ container }) => {
        refuse();
        const found = find(container);
        return {
          container: found,
          finishedAtMs: null,
          wasOutOfMemory: found.exitCode === 137,
          hasTty: false,
          inspectJson: JSON.stringify(inspected(found)),
        };
      },
      act: async ({ container }, action) => {
        refuse();
        const found = find(container);
        const state = NEXT_STATE[action] ?? found.state;
        put({ ...found, state, startedAtMs: state === "running" ? Date.now() : found.startedAtMs });
      },
      rename: async ({ container }, name) => put({ ...find(container), name }),
      remove: async ({ container }) => {
        const { id } = find(container);
        containers = containers.filter((each) => each.id !== id);
        journal.publish({ type: "containers.changed", engine: DOCKER, changed: [], removed: [id] });
      },
      logs: async function* (_request, signal) {
        for (let line = 1; line <= 60; line += 1) {
          const text = `2026-11-18T09:14:${String(line % 60).padStart(2, "0")}Z ${line % 9 === 0 ? "\u001b[33mWARN\u001b[0m slow answer" : "GET /orders"} ${line * 17} ms\n`;
          yield {
            stream: line % 9 === 0 ? "stderr" : "stdout",
            base64: Buffer.from(text).toString("base64"),
          };
        }
        await aborted(signal);
      },
      load: async function* (_engine, ids, signal) {
        for (let tick = 0; !signal.aborted; tick += 1) {
          for (const id of ids) yield demoLoad(id, tick);
          await wait(2_000, undefined, { signal }).catch(() => undefined);
        }
      },
      download: async function* () {
        yield Buffer.from("demo").toString("base64");
      },
    },
    shells: {
      open: async () => shellIdSchema.parse(hex(5, 32)),
      output: async function* (_shell, signal) {
        const text =
          "\u001b[1mshop-db-1\u001b[0m:/# ls\r\nbin  dev  etc  home  proc  root  tmp  var\r\nshop-db-1:/# ";
        yield { kind: "output", stream: "stdout", base64: Buffer.from(text).toString("base64") };
        await aborted(signal);
      },
      write: async () => undefined,
      endInput: async () => undefined,
      resize: async () => undefined,
      close: async () => undefined,
    },
    images: {
      list: async (engine) => {
        refuse();
        return engine === DOCKER ? demoImages(containers) : [];
      },
      volumes: async (engine) =>
        engine === DOCKER
          ? [
              {
                name: "shop_db-data",
                driver: "local",
                createdAtMs: DEMO_NOW_MS - 90 * DAY,
                usedBy: ["shop-db-1"],
              },
              {
                name: "shop_cache",
                driver: "local",
                createdAtMs: DEMO_NOW_MS - 2 * DAY,
                usedBy: ["shop-cache-1"],
              },
              { name: hex(77), driver: "local", createdAtMs: DEMO_NOW_MS - 40 * DAY, usedBy: [] },
            ]
          : [],
      networks: async (engine) =>
        engine === DOCKER
          ? [
              { id: hex(91), name: "bridge", driver: "bridge", usedBy: ["builder"] },
              { id: hex(92), name: "host", driver: "host", usedBy: [] },
              {
                id: hex(93),
                name: "shop_default",
                driver: "bridge",
                usedBy: containers.filter(({ project }) => project === "shop").map(({ name }) => name),
              },
            ]
          : [],
      pull: (_engine, _image, signal) => demoPull(signal),
      build: (_request, signal) => demoBuild(signal),
      remove: async () => undefined,
      prunePreview: async ({ withVolumes }) => ({
        containers: ["migrate-2026-11-18", "scratchpad"],
        images: ["registry.example.com/shop/api:2026.11.2", "<none> 4c1b09d2f7aa"],
        volumes: withVolumes ? [hex(77)] : [],
        networks: ["old_default"],
        freedBytes: 1_734 * MIB,
      }),
      prune: async () => ({ containers: [], images: [], volumes: [], networks: [], freedBytes: 1_734 * MIB }),
      plan: async (_engine, agent) => ({
        image: `pilothouse/${agent}:9f2c1a7b`,
        build: "generated-dockerfile",
        dockerfile:
          "FROM docker.io/library/python:3.12-slim\nWORKDIR /agent\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . ./\nUSER 65534:65534\n",
        missingConsents: ["environment"],
      }),
    },
    groups: {
      list: async (engine) => (engine === DOCKER ? demoGroups(containers, isFailing) : []),
      act: (_request, signal) => demoBuild(signal),
    },
  };
  return { engines, targets: isEmpty ? [] : [demoEngineTarget(DOCKER), demoEngineTarget(PODMAN)] };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function demoLoad(containerId: string, tick: number): ContainerLoad {
  const salt = Number.parseInt(containerId.slice(0, 4), 16);
  return {
    containerId,
    atMs: Date.now(),
    cpuCores: Math.abs(Math.sin(salt + tick / 4)) * 0.6,
    memoryBytes: (20 + (salt % 300)) * MIB + tick * 2 ** 17,
    memoryLimitBytes: salt % 2 === 0 ? 512 * MIB : null,
    processCount: 1 + (salt % 6),
  };
}

async function* demoPull(signal: AbortSignal): AsyncGenerator<EngineProgress> {
  yield { layer: "", text: "Pulling from library/nginx", doneBytes: null, totalBytes: null };
  yield { layer: "6a5b1f0c2d3e", text: "Pull complete", doneBytes: 28 * MIB, totalBytes: 28 * MIB };
  yield { layer: "0f1e2d3c4b5a", text: "Downloading", doneBytes: 9 * MIB, totalBytes: 41 * MIB };
  yield { layer: "aa17c0de5eed", text: "Waiting", doneBytes: null, totalBytes: null };
  await aborted(signal);
}

async function* demoBuild(signal: AbortSignal): AsyncGenerator<EngineProgress> {
  for (const text of [
    "Step 1/4 : FROM debian:bookworm-slim\n",
    " ---> 4c1b09d2f7aa\n",
    "Step 2/4 : RUN make\n",
  ]) {
    yield { layer: "", text, doneBytes: null, totalBytes: null };
  }
  await aborted(signal);
}
