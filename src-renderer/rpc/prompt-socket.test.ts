import { once } from "node:events";
import { expect, test } from "vitest";
import { type WebSocket as PeerSocket, WebSocketServer } from "ws";
import { PromptWebSocket } from "./prompt-socket.ts";

async function connect() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = new PromptWebSocket(`ws://127.0.0.1:${address.port}`);
  const [peer] = (await once(server, "connection")) as [PeerSocket];
  if (socket.readyState !== WebSocket.OPEN) await once(socket, "open");
  return {
    socket,
    peer,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        for (const client of server.clients) client.terminate();
        server.close(() => done());
      }),
  };
}

test("is over soon after it was closed, though the other side does not answer", async () => {
  await using pair = await connect();
  const { peer, socket } = pair;
  peer.pause();
  const closed = once(socket, "close");

  socket.close();

  expect(((await closed)[0] as CloseEvent).code).toBe(1006);
});

test("hands on nothing after its end, and ends once", async () => {
  await using pair = await connect();
  const { peer, socket } = pair;
  peer.pause();
  const heard: string[] = [];
  for (const name of ["message", "close"]) socket.addEventListener(name, () => heard.push(name));
  socket.close();
  await once(socket, "close");

  peer.send("late");
  peer.resume();
  await once(peer, "close");

  expect(heard).toEqual(["close"]);
});

test("is closed by the other side as ever, with its code", async () => {
  await using pair = await connect();
  const { peer, socket } = pair;
  const closed = once(socket, "close");

  peer.close(4401);

  expect(((await closed)[0] as CloseEvent).code).toBe(4401);
});
