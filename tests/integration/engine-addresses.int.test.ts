import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { targetIdSchema } from "#contract/ids.ts";
import type { Driver } from "#main/drivers/index.ts";
import { makeContainerDriver } from "../contract/driver-container-target.ts";
import { forever, hear, started, textOf } from "../contract/driver-under-test.ts";
import { makeCertificates, type TestCertificates } from "../helpers/certificates.ts";
import { BUSYBOX_IMAGE, startEngine, type TestEngine } from "../helpers/engines.ts";
import { freePort } from "../helpers/free-port.ts";
import { createOwnEngines, untilKnown } from "../helpers/own-engines.ts";
import { type SshServer, type SshUser, startSshServer } from "../helpers/ssh-server.ts";

const DOCKER = targetIdSchema.parse("docker");
const SLOW_MS = 120_000;

let engine: TestEngine;
let folder: string;
let certificates: TestCertificates;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ph-addresses-"));
  certificates = await makeCertificates(folder);
  address = `tcp://127.0.0.1:${await freePort()}`;
  const { server } = certificates;
  const files = [
    `--tlscacert=${server}/ca.pem`,
    `--tlscert=${server}/cert.pem`,
    `--tlskey=${server}/key.pem`,
  ];
  engine = await startEngine("docker", { daemonFlags: ["--host", address, "--tlsverify", ...files] });
}, SLOW_MS);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}, SLOW_MS);

/** The engines that are found with this environment, and the drivers they became. */
async function find(environment: Readonly<Record<string, string>>) {
  const drivers: Driver[] = [];
  const own = createOwnEngines([], {
    folder: await mkdtemp(join(folder, "core-")),
    environment: { PATH: process.env["PATH"], ...environment },
    onFound: ({ driver }) => drivers.push(driver),
  });
  await own.engines.discover();
  return { engines: own.engines, drivers, [Symbol.asyncDispose]: () => own.engines[Symbol.asyncDispose]() };
}

describe("an engine behind TLS", () => {
  it("is found in the environment with its certificates, and runs an agent", async () => {
    await using found = await find({
      DOCKER_HOST: address,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: certificates.client,
    });
    await untilKnown(found.engines, DOCKER);
    await using subject = await makeContainerDriver(engine);
    const [driver] = found.drivers;
    if (driver === undefined) throw new Error("the engine became no target");

    const { chunks, exit } = await hear(await started(driver, subject.specOfCommand(["echo", "from afar"])));

    expect(found.engines.list()).toMatchObject([{ id: "docker", state: "ready", isLocal: false, address }]);
    expect(textOf(chunks)).toBe("from afar\n");
    expect(exit.exitCode).toBe(0);
  });

  it("is found in a Docker context with its certificates", async () => {
    const config = await mkdtemp(join(folder, "config-"));
    const meta = { Name: "company", Endpoints: { docker: { Host: address } } };
    await mkdir(join(config, "contexts/meta/abc"), { recursive: true });
    await writeFile(join(config, "contexts/meta/abc/meta.json"), JSON.stringify(meta));
    await cp(certificates.client, join(config, "contexts/tls/abc/docker"), { recursive: true });
    await using found = await find({ DOCKER_CONFIG: config });
    const id = targetIdSchema.parse("docker-company");

    await untilKnown(found.engines, id);

    expect(found.engines.list()).toMatchObject([{ id, state: "ready", source: "docker-context" }]);
  });

  it.each([
    { who: "shows no certificate", certificatesOf: () => join(folder, "nothing-here") },
    { who: "has a certificate of somebody else", certificatesOf: () => certificates.stranger },
  ])("does not answer one who $who, and says why", async ({ certificatesOf }) => {
    await using found = await find({
      DOCKER_HOST: address,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: certificatesOf(),
    });

    await expect
      .poll(() => found.engines.look(DOCKER))
      .toMatchObject({ state: "not-answering", problem: expect.stringMatching(/certificate/i) });
  });
});

it("an engine that begins while Pilothouse runs is found by itself", async () => {
  const socket = join(folder, "later.sock");
  const { engines } = createOwnEngines([], {
    folder: await mkdtemp(join(folder, "core-")),
    searchEveryMs: 100,
    socketPlaces: [{ name: "docker", path: socket }],
  });
  await using _ = engines;
  expect(await engines.discover()).toEqual([]);

  await symlink(engine.socket, socket);

  await expect.poll(() => engines.list()).toMatchObject([{ id: "docker", state: "ready" }]);
});

describe("an engine behind ssh", () => {
  let server: SshServer;
  beforeAll(async () => {
    const { PATH = "" } = process.env;
    server = await startSshServer(join(folder, "ssh"), { PATH, DOCKER_HOST: `unix://${engine.socket}` });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const findAs = async (who: SshUser) => {
    const { port, user } = server;
    const path = `${await server.commandOf(who)}:${process.env["PATH"]}`;
    return await find({ DOCKER_HOST: `ssh://${user}@127.0.0.1:${port}`, PATH: path });
  };

  it("is reached through the ssh command of this computer, with everything that needs a stream", async () => {
    await using found = await findAs({ knowsHost: true, isAllowed: true });
    await untilKnown(found.engines, DOCKER);
    await using subject = await makeContainerDriver(engine);
    const [driver] = found.drivers;
    if (driver === undefined) throw new Error("the engine became no target");

    const spec = subject.specOfCommand([
      "sh",
      "-c",
      "echo through ssh; head -c 300000 /dev/zero | tr '\\0' x; exit 7",
    ]);
    const { chunks, exit } = await hear(await started(driver, spec));

    expect(found.engines.list()).toMatchObject([{ state: "ready", isLocal: false }]);
    expect(textOf(chunks)).toBe(`through ssh\n${"x".repeat(300_000)}`);
    expect(exit.exitCode).toBe(7);
    const names = (await found.engines.images.list(DOCKER)).flatMap((image) => image.names);
    expect(names).toContain(BUSYBOX_IMAGE);
  });

  it("follows what happens there, and has a shell in a container", async () => {
    await using found = await findAs({ knowsHost: true, isAllowed: true });
    await untilKnown(found.engines, DOCKER);
    await engine.command("run", "-d", "--name", "afar", "--network=none", BUSYBOX_IMAGE, "sleep", "600");
    await expect
      .poll(() => found.engines.containers.list(DOCKER).containers)
      .toMatchObject([{ name: "afar", state: "running" }]);
    const size = { columns: 80, rows: 24 };
    const command = ["sh", "-c", "read line; echo got $line; exit 4"];
    const shell = await found.engines.shells.open({
      engine: DOCKER,
      container: "afar",
      command,
      hasTty: true,
      ...size,
    });
    await found.engines.shells.write(shell, Buffer.from("typed\n"));
    const said = await Array.fromAsync(found.engines.shells.output(shell, forever));
    const text = said.map((piece) =>
      piece.kind === "output" ? Buffer.from(piece.base64, "base64").toString() : "",
    );
    expect(text.join("")).toContain("got typed");
    expect(said.at(-1)).toEqual({ kind: "end", exitCode: 4 });
    await engine.remove("afar");
    await expect.poll(() => found.engines.containers.list(DOCKER).containers).toEqual([]);
  });

  it("is asked over one connection, over a new one when that broke, and over none when it is let go", async () => {
    const before = server.connections();
    {
      await using found = await findAs({ knowsHost: true, isAllowed: true });
      await untilKnown(found.engines, DOCKER);
      for (let count = 0; count < 10; count += 1) await found.engines.look(DOCKER);
      await Promise.all([found.engines.images.list(DOCKER), found.engines.images.list(DOCKER)]);
      expect([server.connections() - before, await server.open()]).toEqual([1, 1]);

      await server.restart();
      await expect.poll(() => found.engines.look(DOCKER)).toMatchObject({ state: "ready" });

      await found.engines.images.list(DOCKER);
      expect([server.connections() - before, await server.open()]).toEqual([2, 1]);
    }
    await expect.poll(() => server.open()).toBe(0);
  });

  it("has more going on at once than its host takes on one connection", async () => {
    await using found = await findAs({ knowsHost: true, isAllowed: true });
    await untilKnown(found.engines, DOCKER);
    await engine.command("run", "-d", "--name", "busy", "--network=none", BUSYBOX_IMAGE, "sleep", "600");
    const shell = {
      engine: DOCKER,
      container: "busy",
      command: ["cat"],
      hasTty: true,
      columns: 80,
      rows: 24,
    };

    for (let count = 0; count < 11; count += 1) await found.engines.shells.open(shell);

    expect(await found.engines.look(DOCKER)).toMatchObject({ state: "ready", runningCount: 1 });
    expect(await server.open()).toBe(2);
    await engine.remove("busy");
  });

  it.each([
    { who: { knowsHost: false, isAllowed: true }, words: "Host key verification failed." },
    { who: { knowsHost: true, isAllowed: false }, words: "Permission denied" },
  ])("says in ssh's words why it cannot be reached: $words", async ({ who, words }) => {
    await using found = await findAs(who);

    await expect
      .poll(() => found.engines.look(DOCKER))
      .toMatchObject({ state: "not-answering", problem: expect.stringContaining(words) });
  });

  it("gives no private files to a run on another computer", async () => {
    await using found = await find({
      DOCKER_HOST: address,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: certificates.client,
    });
    await untilKnown(found.engines, DOCKER);
    await using subject = await makeContainerDriver(engine);
    const files = [{ env: "KEY_FILE", name: "key", content: "secret" }];
    const secrets = { env: {}, files, descriptors: [], masked: ["secret"] };
    const [driver] = found.drivers;
    if (driver === undefined) throw new Error("the engine became no target");

    const start = started(driver, subject.specOfCommand(["true"], { secrets }));

    await expect(start).rejects.toMatchObject({ code: "start.credential_unavailable" });
    expect(await driver.list(forever)).toEqual([]);
  });
});
