import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { SystemClock } from "#main/platform/index.ts";
import { createAppRouter, serveLocalSocket } from "#main/rpc/index.ts";
import { createTransportCore } from "#tests/contract/transport-core.ts";

async function setup() {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-local-"));
  const path = join(folder, "core.sock");
  const core = createTransportCore();
  const serve = () =>
    serveLocalSocket({
      path,
      router: createAppRouter(core.faces),
      context: {
        door: "cli",
        capabilities: { entry: "cli", nativeDialogs: false, notifications: false, newWindow: false },
        reportBug: core.reportBug,
      },
      windowContext: {
        door: "window",
        capabilities: { entry: "desktop", nativeDialogs: false, notifications: true, newWindow: true },
        reportBug: core.reportBug,
      },
      clock: new SystemClock(),
    });
  const open = (address: string) =>
    new WebSocket(address, { createConnection: () => connect(path) } as ClientOptions);
  return { path, serve, open, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test("the socket file is for its owner alone and goes with its server", async () => {
  await using setting = await setup();
  const served = await setting.serve();

  const { mode } = await stat(setting.path);
  await served.close();
  const left = await stat(setting.path).catch(() => null);

  expect([mode & 0o777, left]).toEqual([0o600, null]);
});

test("what a dead core left in its place does not stand in the way", async () => {
  await using setting = await setup();
  await writeFile(setting.path, "left behind");

  const served = await setting.serve();
  const socket = setting.open("ws://localhost/trpc");
  await once(socket, "open");

  expect(served.connectionCount).toBe(1);
  socket.terminate();
  await served.close();
});

test("only the path of the sockets is served", async () => {
  await using setting = await setup();
  const served = await setting.serve();

  const socket = setting.open("ws://localhost/other");
  const [error] = await once(socket, "error");

  expect(error).toBeInstanceOf(Error);
  await served.close();
});
