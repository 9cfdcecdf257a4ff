import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type AnyRouter, TRPCError } from "@trpc/server";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { type WebSocket, WebSocketServer } from "ws";
import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import type { RpcContext } from "./context.ts";
import { OpenCalls } from "./open-calls.ts";

/** What one server of sockets grants; each bounds memory or time that a peer can take. */
export interface SocketLimits {
  readonly maxConnections: number;
  /** Largest message a peer may send; a larger one closes its socket. */
  readonly maxPayloadBytes: number;
  /** A peer that answers nothing for twice this long is dropped; null where the system reports dead peers. */
  readonly heartbeatMs: number | null;
  /** How long a socket may stay without having signed in. */
  readonly signInMs: number;
}

export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  maxConnections: 64,
  maxPayloadBytes: 4 * 1024 * 1024,
  heartbeatMs: 30_000,
  signInMs: 5_000,
};

/** Calls in one message; a page that opens asks for about a dozen. */
export const MAX_BATCH = 100;
/** How long a closing socket gets to take what was sent before. */
const CLOSE_GRACE_MS = 500;

/**
 * Why a socket was closed. After `goingAway` every call that got no answer was not begun, so that the other
 * side may repeat it to the next core.
 */
export const SOCKET_CLOSED = { goingAway: 1001, tryAgainLater: 1013, signInAgain: 4401 } as const;

/** What a peer says of itself in tRPC's connection parameters. */
export type ConnectionParams = Readonly<Record<string, string | undefined>> | null;

/** Called when the signed-in socket is closed. */
export type SignOut = () => void;

export interface RpcSocketServerDeps {
  readonly router: AnyRouter;
  readonly context: Pick<RpcContext, "door" | "capabilities" | "reportBug">;
  readonly clock: Clock;
  readonly limits: SocketLimits;
  /**
   * Lets a peer in that called us `host` (its Host header), or throws an `AppError`. Null where reaching the socket
   * is the permission, as with a socket file that only its owner can open.
   */
  readonly authenticate: ((params: ConnectionParams, host: string) => SignOut) | null;
}

interface Peer {
  readonly socket: WebSocket;
  isAlive: boolean;
}

/**
 * Serves the router over WebSockets, whatever they came in by.
 *
 * Promises:
 * 1. No procedure runs for a socket before `authenticate` let it in; a socket that does not sign in within
 *    `signInMs` is closed, one that is refused is closed with code 4401 after an error that names why.
 * 2. No more than `maxConnections` sockets; one more is closed with 1013 before it is served.
 * 3. A closed or dead socket ends all its subscriptions, their generators included.
 * 4. `close` resolves within a second, and in order: see `SOCKET_CLOSED`.
 */
export class RpcSocketServer {
  readonly #deps: RpcSocketServerDeps;
  readonly #sockets: WebSocketServer;
  readonly #peers = new Set<Peer>();
  readonly #connected: (socket: WebSocket, request: IncomingMessage) => void;
  /** The name by which a peer called us. */
  readonly #hosts = new WeakMap<WebSocket, string>();
  /** Lets `createContext` tell the server's timer that this socket is in. */
  readonly #signedIn = new WeakMap<WebSocket, (signOut: SignOut) => void>();
  readonly #calls = new OpenCalls();
  #isClosing = false;

  constructor(deps: RpcSocketServerDeps) {
    this.#deps = deps;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Costs more than it saves on one machine, and its memory per socket has no bound of ours.
      perMessageDeflate: false,
      maxPayload: deps.limits.maxPayloadBytes,
    });
    this.#connected = getWSConnectionHandler({
      // Read only by tRPC's own way of accepting sockets, which is not used here.
      wss: this.#sockets,
      router: deps.router,
      maxBatchSize: MAX_BATCH,
      createContext: ({ res, info }) => this.#createContext(res, info.connectionParams),
      // Bugs are reported where the error is shaped; what remains are peers that went away or talk nonsense.
      onError: () => undefined,
    });
  }

  get connectionCount(): number {
    return this.#peers.size;
  }

  /** Completes a WebSocket handshake that the entry has found to be allowed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, request));
  }

  /**
   * Takes no more calls, answers those it has begun, and tells every peer to go. A peer whose call is not
   * answered in time is cut instead, without a code.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const { socket } of this.#peers) socket.removeAllListeners("message");
    const isInOrder = await this.#calls.finish();
    await Promise.all([...this.#peers].map(({ socket }) => closeSocket(socket, isInOrder)));
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    const { limits } = this.#deps;
    if (this.#isClosing || this.#peers.size >= limits.maxConnections) {
      socket.on("error", () => socket.terminate());
      socket.close(SOCKET_CLOSED.tryAgainLater);
      return;
    }
    const peer: Peer = { socket, isAlive: true };
    this.#peers.add(peer);
    socket.once("close", () => this.#peers.delete(peer));
    socket.on("error", () => socket.terminate());
    this.#watchSignIn(socket);
    if (limits.heartbeatMs !== null) this.#watchHeart(peer, limits.heartbeatMs);
    this.#hosts.set(socket, request.headers.host ?? "");
    // tRPC builds a URL from it and throws where nobody catches, e.g. for the port 99999.
    request.headers.host = "localhost";
    this.#connected(socket, request);
  }

  #watchSignIn(socket: WebSocket): void {
    if (this.#deps.authenticate === null) return;
    const timer = this.#deps.clock.after(this.#deps.limits.signInMs, () => socket.terminate());
    socket.once("close", () => timer.cancel());
    this.#signedIn.set(socket, (signOut) => {
      timer.cancel();
      socket.once("close", signOut);
    });
  }

  #watchHeart(peer: Peer, everyMs: number): void {
    const { clock } = this.#deps;
    const { socket } = peer;
    const beat = () => {
      if (!peer.isAlive) return socket.terminate();
      peer.isAlive = false;
      socket.ping();
      timer = clock.after(everyMs, beat);
    };
    let timer = clock.after(everyMs, beat);
    const alive = () => {
      peer.isAlive = true;
    };
    socket.on("pong", alive);
    socket.on("message", alive);
    socket.once("close", () => timer.cancel());
  }

  #createContext(socket: WebSocket, params: ConnectionParams): RpcContext {
    const { authenticate, context } = this.#deps;
    if (authenticate !== null) {
      const signOut = this.#authenticate(socket, () => authenticate(params, this.#hosts.get(socket) ?? ""));
      this.#signedIn.get(socket)?.(signOut);
    }
    return {
      ...context,
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

  #authenticate(socket: WebSocket, authenticate: () => SignOut): SignOut {
    try {
      return authenticate();
    } catch (error) {
      // After tRPC has sent the error, and before it closes the socket without saying why.
      setImmediate(() => socket.close(SOCKET_CLOSED.signInAgain));
      if (!(error instanceof AppError)) throw error;
      throw new TRPCError({ code: ERROR_CATALOGUE[error.code].rpc, message: error.message, cause: error });
    }
  }
}

function closeSocket(socket: WebSocket, isInOrder: boolean): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
    socket.once("close", () => {
      clearTimeout(cut);
      resolve();
    });
    if (isInOrder) socket.close(SOCKET_CLOSED.goingAway);
    else socket.terminate();
  });
}
