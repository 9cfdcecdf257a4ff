import type { IncomingMessage } from "node:http";
import { type AnyRouter, TRPCError } from "@trpc/server";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { WebSocket, WebSocketServer } from "ws";
import type { RpcContext } from "./context.ts";
import { OpenCalls } from "./open-calls.ts";
import { PortSocket, type RpcPort } from "./port-socket.ts";
import { DEFAULT_SOCKET_LIMITS, MAX_BATCH, SOCKET_CLOSED } from "./socket-server.ts";

export interface RpcPortServerDeps {
  readonly router: AnyRouter;
  readonly context: Pick<RpcContext, "door" | "capabilities" | "reportBug">;
  readonly maxConnections?: number;
}

/**
 * Serves the router over message ports. Holding a port is the permission: whoever hands ports out decides to
 * whom.
 *
 * Promises:
 * 1. No more than `maxConnections` ports; one more is closed with 1013 before it is served.
 * 2. A port whose other side is gone ends all its subscriptions, their generators included.
 * 3. `close` resolves within a second and in order: what was begun is answered, and every page is told 1001.
 */
export class RpcPortServer {
  readonly #deps: RpcPortServerDeps;
  readonly #peers = new Set<PortSocket>();
  readonly #calls = new OpenCalls();
  readonly #connected: (socket: WebSocket, request: IncomingMessage) => void;
  #isClosing = false;

  constructor(deps: RpcPortServerDeps) {
    this.#deps = deps;
    this.#connected = getWSConnectionHandler({
      // Read only by tRPC's own way of accepting sockets, which is not used here.
      wss: undefined as unknown as WebSocketServer,
      router: deps.router,
      maxBatchSize: MAX_BATCH,
      createContext: ({ res }) => this.#contextOf(res),
      // Bugs are reported where the error is shaped; what remains are pages that went away or talk nonsense.
      onError: () => undefined,
    });
  }

  get connectionCount(): number {
    return this.#peers.size;
  }

  /** Serves one port until either side closes it. */
  accept(port: RpcPort): void {
    const { maxConnections = DEFAULT_SOCKET_LIMITS.maxConnections } = this.#deps;
    const socket = new PortSocket(port, { maxPayloadCharacters: DEFAULT_SOCKET_LIMITS.maxPayloadBytes });
    if (this.#isClosing || this.#peers.size >= maxConnections) {
      socket.close(SOCKET_CLOSED.tryAgainLater);
      return;
    }
    this.#peers.add(socket);
    socket.once("close", () => this.#peers.delete(socket));
    this.#connected(asWebSocket(socket), REQUEST);
    socket.start();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const socket of this.#peers) socket.removeAllListeners("message");
    const isInOrder = await this.#calls.finish();
    for (const socket of [...this.#peers]) {
      if (isInOrder) socket.close(SOCKET_CLOSED.goingAway);
      else socket.terminate();
    }
  }

  #contextOf(res: WebSocket): RpcContext {
    const socket: Pick<WebSocket, "bufferedAmount" | "readyState" | "OPEN"> = res;
    if (this.#isClosing) throw new TRPCError({ code: "SERVICE_UNAVAILABLE" });
    return {
      ...this.#deps.context,
      beginCall: () => this.#calls.begin(),
      sink: {
        get bufferedAmount() {
          return socket.bufferedAmount;
        },
        get isOpen() {
          return socket.readyState === socket.OPEN;
        },
      },
    };
  }
}

/** tRPC reads nothing else of the request that a WebSocket would have begun with. */
const REQUEST = { url: "/", headers: { host: "localhost" }, socket: {} } as unknown as IncomingMessage;

/** tRPC touches `on`, `once`, `send`, `close`, `terminate`, `readyState` and `OPEN`; the suite over ports shows it. */
function asWebSocket(socket: PortSocket): WebSocket {
  return socket as unknown as WebSocket;
}
