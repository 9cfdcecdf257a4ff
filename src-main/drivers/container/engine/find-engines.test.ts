import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type EngineSearchDeps, findEngines } from "./find-engines.ts";

async function setup(files: Readonly<Record<string, string>>) {
  const home = await mkdtemp(join(tmpdir(), "ph-home-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  const problems: string[] = [];
  const look = async (changes: Partial<EngineSearchDeps> = {}) => {
    const found = await findEngines({
      environment: {},
      homeFolder: home,
      platform: "linux",
      onTrouble: (problem) => problems.push(problem),
      socketPlaces: [],
      ...changes,
    });
    return found.map(({ name, addressText, source }) => ({ name, addressText, source }));
  };
  return { home, look, problems, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) };
}

const CONTEXT = JSON.stringify({ Name: "staging", Endpoints: { docker: { Host: "ssh://me@staging" } } });

test("engines come from the environment, sockets, Docker contexts and Podman connections", async () => {
  await using place = await setup({
    ".docker/contexts/meta/abc/meta.json": CONTEXT,
    ".config/containers/podman-connections.json": JSON.stringify({
      Connection: { Connections: { machine: { URI: "ssh://core@127.0.0.1:4000/run/podman.sock" } } },
    }),
    "podman.sock": "",
  });
  const found = await place.look({
    environment: { DOCKER_HOST: "tcp://10.0.0.1:2375" },
    socketPlaces: [
      { name: "podman", path: join(place.home, "podman.sock") },
      { name: "docker", path: join(place.home, "missing.sock") },
    ],
  });

  expect(found).toEqual([
    { name: "docker", addressText: "tcp://10.0.0.1:2375", source: "environment" },
    { name: "podman", addressText: `unix://${join(place.home, "podman.sock")}`, source: "socket" },
    { name: "docker-staging", addressText: "ssh://me@staging", source: "docker-context" },
    {
      name: "podman-machine",
      addressText: "ssh://core@127.0.0.1:4000/run/podman.sock",
      source: "podman-connection",
    },
  ]);
});

test("connections are read as Podman 4 wrote them, too", async () => {
  const conf = [
    "[engine]",
    '  active_service = "mine"',
    "  [engine.service_destinations]",
    '    [engine.service_destinations."far away"]',
    '      uri = "ssh://me@127.0.0.1:2222/run/podman.sock"',
    '      identity = "/tmp/id"',
    "    [engine.service_destinations.mine]",
    '      uri = "unix:///tmp/x.sock"',
    "",
    "[machine]",
    '  uri = "unix:///no/connection"',
  ].join("\n");
  await using place = await setup({ ".config/containers/containers.conf": conf });

  expect((await place.look()).map(({ name, addressText }) => [name, addressText])).toEqual([
    ["podman-far away", "ssh://me@127.0.0.1:2222/run/podman.sock"],
    ["podman-mine", "unix:///tmp/x.sock"],
  ]);
});

test("who asks for TLS gets it, also without a certificate to show", async () => {
  await using place = await setup({});
  const environment = { DOCKER_HOST: "tcp://10.0.0.1:2376", DOCKER_TLS_VERIFY: "1" };

  const [engine] = await findEngines({
    ...{ environment, homeFolder: place.home, platform: "linux", socketPlaces: [] },
    onTrouble: () => undefined,
  });

  expect(engine?.address).toEqual({ kind: "tcp", host: "10.0.0.1", port: 2376, tls: {} });
});

test("an address is listed once, under the first name that leads to it", async () => {
  await using place = await setup({ ".docker/contexts/meta/abc/meta.json": CONTEXT });

  const found = await place.look({ environment: { DOCKER_HOST: "ssh://me@staging" } });

  expect(found).toEqual([{ name: "docker", addressText: "ssh://me@staging", source: "environment" }]);
});

test("a context that cannot be read is told about and hides no other", async () => {
  await using place = await setup({
    ".docker/contexts/meta/a/meta.json": "{ broken",
    ".docker/contexts/meta/b/meta.json": CONTEXT,
  });

  expect((await place.look()).map(({ name }) => name)).toEqual(["docker-staging"]);
  expect(place.problems).toHaveLength(1);
});
