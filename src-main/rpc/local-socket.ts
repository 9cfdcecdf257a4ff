import { chmod, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { DEFAULT_SOCKET_LIMITS, RpcSocketServer, type RpcSocketServerDeps } from "./socket-server.ts";

/** Where WebSocket connections go, on every door. */
export const RPC_PATH = "/trpc";
/** Where a window of the desktop connects to the core of another entry, on the local socket only. */
export const WINDOW_PATH = "/trpc/window";

export interface LocalSocketDeps extends Pick<RpcSocketServerDeps, "router" | "context" | "clock"> {
  /** A socket file, or a named pipe on Windows. */
  readonly path: string;
  /** For whoever connects as a window. */
  readonly windowContext: RpcSocketServerDeps["context"];
}

/** A local socket that is being served. */
export interface LocalSocket {
  readonly connectionCount: number;
  close(): Promise<void>;
}

/**
 * Serves the router on a socket file that only its owner can open. The caller owns the data folder, so a
 * file left there by a core that died is removed.
 *
 * @throws the system's error when the socket cannot be made
 */
export async function serveLocalSocket(deps: LocalSocketDeps): Promise<LocalSocket> {
  const isFile = !deps.path.startsWith("\\\\");
  const serverFor = (context: RpcSocketServerDeps["context"]) =>
    new RpcSocketServer({
      ...deps,
      context,
      authenticate: null,
      // The system tells at once when a local peer is gone, and a paused reader is not a dead one.
      limits: { ...DEFAULT_SOCKET_LIMITS, heartbeatMs: null },
    });
  const sockets = serverFor(deps.context);
  const windows = serverFor(deps.windowContext);
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on("upgrade", (request, socket, head) => {
    if (request.url === RPC_PATH) sockets.upgrade(request, socket, head);
    else if (request.url === WINDOW_PATH) windows.upgrade(request, socket, head);
    else socket.destroy();
  });
  if (isFile) await rm(deps.path, { force: true });
  await listen(server, deps.path);
  if (isFile) await chmod(deps.path, 0o600);

  return {
    get connectionCount() {
      return sockets.connectionCount + windows.connectionCount;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([sockets.close(), windows.close()]);
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
