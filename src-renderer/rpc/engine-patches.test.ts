import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Container, ContainerList, Engine } from "#contract/engine.ts";
import { targetIdSchema } from "#contract/ids.ts";
import { applyEvent } from "./cache-patches.ts";
import { keys } from "./query-keys.ts";

const docker = targetIdSchema.parse("docker");

function container(id: string, name: string): Container {
  return {
    id,
    name,
    image: "busybox",
    imageId: "sha256:1",
    state: "running",
    status: "Up",
    createdAtMs: 1,
    ports: [],
    project: null,
    service: null,
    runId: null,
    startedAtMs: 1,
    restartCount: 0,
    exitCode: null,
  };
}
const engine: Engine = {
  id: docker,
  product: "docker",
  version: "20.10",
  address: "unix:///var/run/docker.sock",
  source: "socket",
  state: "ready",
  problem: null,
  answeredAtMs: 7,
  isLocal: true,
  isRootless: false,
  containerCount: 2,
  runningCount: 2,
  composeTool: null,
  offersGpus: false,
};
const names = (cache: QueryClient) =>
  cache.getQueryData<ContainerList>(keys.containerList(docker))?.containers.map(({ name }) => name);

test("containers change in their places, come last and go, on their engine alone", () => {
  const cache = new QueryClient();
  const list: ContainerList = {
    engine: docker,
    atMs: 1,
    containers: [container("a", "one"), container("b", "two"), container("c", "three")],
  };
  const podman = targetIdSchema.parse("podman");
  cache.setQueryData(keys.containerList(docker), list);
  cache.setQueryData(keys.containerList(podman), { ...list, engine: podman });

  applyEvent(cache, {
    type: "containers.changed",
    engine: docker,
    changed: [container("b", "renamed"), container("d", "four")],
    removed: ["a"],
  });

  expect(names(cache)).toEqual(["renamed", "three", "four"]);
  expect(cache.getQueryData<ContainerList>(keys.containerList(podman))?.containers).toHaveLength(3);
});

test("an engine that answers again brings the age of its list with it", () => {
  const cache = new QueryClient();
  cache.setQueryData<readonly Engine[]>(keys.engineList, [{ ...engine, state: "not-answering" }]);
  cache.setQueryData<ContainerList>(keys.containerList(docker), { engine: docker, atMs: 1, containers: [] });

  applyEvent(cache, { type: "engine.changed", engine });

  expect(cache.getQueryData(keys.engineList)).toEqual([engine]);
  expect(cache.getQueryData<ContainerList>(keys.containerList(docker))?.atMs).toBe(7);
});

test("a list that nobody has read yet is not made up from its changes", () => {
  const cache = new QueryClient();

  applyEvent(cache, {
    type: "containers.changed",
    engine: docker,
    changed: [container("a", "one")],
    removed: [],
  });

  expect(names(cache)).toBeUndefined();
});
