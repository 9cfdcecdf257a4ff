import { createConnection } from "node:net";
import { type ClientOptions, WebSocket } from "ws";
import { WINDOW_PATH } from "./local-socket.ts";
import { PortSocket, type RpcPort } from "./port-socket.ts";
import { DEFAULT_SOCKET_LIMITS } from "./socket-server.ts";

/** What a slow page may have in flight before its core is no longer read from, and when it is again. */
const HIGH_WATER_CHARACTERS = 256 * 1024;
const LOW_WATER_CHARACTERS = 64 * 1024;

/**
 * Joins the port of a page with the local socket of a core in another process, until either goes. The page counts
 * what it takes in, so a slow one slows that core down as one of its own.
 */
export function bridgePort(port: RpcPort, socketPath: string): void {
  const page = new PortSocket(port, { maxPayloadCharacters: DEFAULT_SOCKET_LIMITS.maxPayloadBytes });
  const options: ClientOptions & { createConnection: () => ReturnType<typeof createConnection> } = {
    createConnection: () => createConnection(socketPath),
    maxPayload: 0,
  };
  const core = new WebSocket(`ws://localhost${WINDOW_PATH}`, options);
  core.once("open", () => page.start());
  core.on("message", (data) => {
    page.send(String(data));
    if (page.bufferedAmount > HIGH_WATER_CHARACTERS) core.pause();
  });
  page.on("took", () => {
    if (core.isPaused && page.bufferedAmount < LOW_WATER_CHARACTERS) core.resume();
  });
  page.on("message", (data: Buffer) => core.send(data, { binary: false }));
  page.on("close", () => core.terminate());
  // It is closed then, too, whatever it was.
  core.on("error", () => undefined);
  core.on("close", (code) => (page.isStarted ? page.close(code) : port.close()));
  // Before it was started, a socket does not listen to its port.
  port.onClose(() => core.terminate());
}
