import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { z } from "zod";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { procedure, router } from "./base.ts";
import { DEFAULT_SOCKET_LIMITS, RpcSocketServer } from "./socket-server.ts";

const HEARTBEAT_MS = 1_000;

/** The socket server behind a plain HTTP server, on a clock that the test moves. */
async function setup() {
  const clock = new FakeClock();
  const begun: string[] = [];
  const slow = Promise.withResolvers<string>();
  const sockets = new RpcSocketServer({
    router: router({
      ping: procedure.query(() => "pong"),
      change: procedure.input(z.string()).mutation(({ input }) => {
        begun.push(input);
        return slow.promise;
      }),
    }),
    context: {
      door: "window",
      capabilities: { entry: "web", nativeDialogs: false, notifications: false, newWindow: false },
      reportBug: () => "incident",
    },
    clock,
    limits: { ...DEFAULT_SOCKET_LIMITS, heartbeatMs: HEARTBEAT_MS },
    authenticate: null,
  });
  const server = createServer();
  server.on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connect = async (options: ClientOptions) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/trpc`, options);
    await once(socket, "open");
    return socket;
  };
  return {
    begun,
    clock,
    connect,
    slow,
    sockets,
    async [Symbol.asyncDispose]() {
      await sockets.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("a socket server", () => {
  test("drops a peer that answers no heartbeat and keeps one that does", async () => {
    await using setting = await setup();
    const { clock, connect, sockets } = setting;
    const dead = await connect({ autoPong: false });
    const alive = await connect({});

    const [asked] = [once(alive, "ping"), once(dead, "ping")];
    await clock.pass(HEARTBEAT_MS);
    await asked;
    // Its answer is on the way before this one, so the server has seen it when it answers.
    alive.send(JSON.stringify({ id: 1, method: "query", params: { path: "ping" } }));
    await once(alive, "message");
    const closed = once(dead, "close");
    await clock.pass(HEARTBEAT_MS);
    await closed;

    expect([sockets.connectionCount, alive.readyState]).toEqual([1, WebSocket.OPEN]);
  });

  test("tells its peers to go when it closes, and takes no new ones", async () => {
    await using setting = await setup();
    const { connect, sockets } = setting;
    const peer = await connect({});
    const closed = once(peer, "close");

    await sockets.close();
    const late = await connect({});
    const [lateCode] = (await once(late, "close")) as [number];

    expect([(await closed)[0], lateCode, sockets.connectionCount]).toEqual([1001, 1013, 0]);
  });

  test("answers what it has begun before it closes, and begins nothing more", async () => {
    await using setting = await setup();
    const { begun, connect, slow, sockets } = setting;
    const peer = await connect({});
    const answers: unknown[] = [];
    peer.on("message", (data) => answers.push(JSON.parse(String(data))));
    peer.send(changeMessage(1, "first"));
    await until(() => begun.length === 1);

    const closing = sockets.close();
    peer.send(changeMessage(2, "second"));
    const [, [code]] = [slow.resolve("done"), (await once(peer, "close")) as [number]];
    await closing;

    expect(begun).toEqual(["first"]);
    expect(answers).toEqual([{ id: 1, result: { type: "data", data: "done" } }]);
    expect(code).toBe(1001);
  });

  test("cuts its peers without a code when a call is not answered in time", async () => {
    await using setting = await setup();
    const { begun, connect, sockets } = setting;
    const peer = await connect({});
    peer.send(changeMessage(1, "first"));
    await until(() => begun.length === 1);

    const closed = once(peer, "close");
    await sockets.close();

    expect((await closed)[0]).toBe(1006);
  });

  test("cuts a peer that does not take part in closing", async () => {
    await using setting = await setup();
    const { connect, sockets } = setting;
    const silent = await connect({});
    silent.pause();

    await sockets.close();

    expect(sockets.connectionCount).toBe(0);
    silent.terminate();
  });
});

function changeMessage(id: number, input: string): string {
  return JSON.stringify({ id, method: "mutation", params: { path: "change", input } });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
