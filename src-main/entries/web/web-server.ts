import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { AppError } from "#contract/errors.ts";
import type { EntryCapabilities } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import { PAGE_HEADERS } from "#main/page/index.ts";
import {
  type AppRouter,
  type ConnectionParams,
  DEFAULT_SOCKET_LIMITS,
  RPC_PATH,
  type RpcContext,
  RpcSocketServer,
  type SignOut,
  type SocketLimits,
} from "#main/rpc/index.ts";
import { Assets } from "./assets.ts";
import {
  ALL_CONTROLS,
  isForThisComputer,
  isFromForeignPage,
  isFromOurPage,
  type WebControls,
} from "./local-request.ts";
import { SessionEndpoint } from "./session-endpoint.ts";
import type { SessionMemory } from "./session-memory.ts";
import { SignInDesk } from "./sign-in.ts";

const ADDRESS = "127.0.0.1";
const SESSION_PATH = "/session";
const CHALLENGE_PATH = "/challenge";
/** Limits for plain requests; pages come from the same computer. */
const HTTP_OPTIONS = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  // A missing Host is refused like a wrong one, with the headers of every answer.
  requireHostHeader: false,
};
const MAX_CONNECTIONS = 256;

const WEB_CAPABILITIES: EntryCapabilities = {
  entry: "web",
  nativeDialogs: false,
  notifications: true,
  newWindow: true,
};

export interface WebServerDeps {
  readonly router: AppRouter;
  readonly reportBug: RpcContext["reportBug"];
  readonly clock: Clock;
  /** Folder of the built page. */
  readonly assetsFolder: string;
  /** 0 for any free port; null for the one it had last time, if that is free. */
  readonly port: number | null;
  /** Where sessions and the port outlive the core; without it they end with the server. */
  readonly memory?: SessionMemory;
  /** For security tests only; everything is on in the product. */
  readonly controls?: Partial<WebControls>;
  readonly limits?: Partial<SocketLimits>;
}

/** A web entry that is being served. */
export interface WebServer {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  readonly port: number;
  /** A fresh one-time sign-in address. */
  createSignInLink(): string;
  /** Closes every connection; resolves within a second. */
  close(): Promise<void>;
}

/**
 * Serves the page and the RPC sockets on 127.0.0.1.
 *
 * Every request must name this computer (else 421), and what changes something must come from our own page
 * (else 403). Files need no sign-in: they hold nothing but the program; a page of another origin gets none (403). A link's token travels in its fragment and
 * in the body of one POST, the key of a session in the answer to that, and nothing secret ever again.
 *
 * @throws AppError `web.port_taken`, `folder.unreadable` (the page is not built)
 */
export async function startWebServer(deps: WebServerDeps): Promise<WebServer> {
  const { clock, memory, reportBug } = deps;
  const controls = { ...ALL_CONTROLS, ...deps.controls };
  const assets = await Assets.list({
    folder: deps.assetsFolder,
    servesListedFilesOnly: controls.servesListedFilesOnly,
  });
  const remembered = (await memory?.read()) ?? null;
  const server = createServer(HTTP_OPTIONS);
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listenAgain(server, { wanted: deps.port, last: remembered?.port ?? 0 });
  const desk = new SignInDesk({
    clock,
    port,
    remembered,
    keep: async (kept) => memory?.keep(kept),
    controls,
  });
  const front = new WebFront({
    assets,
    sessions: new SessionEndpoint({ desk, clock, limitsSize: controls.limitsSize }),
    sockets: new RpcSocketServer({
      router: deps.router,
      context: { door: "window", capabilities: WEB_CAPABILITIES, reportBug },
      clock,
      limits: socketLimits(deps, controls),
      authenticate: (params, host) => (controls.checksSession ? enter(desk, params, host) : () => undefined),
    }),
    reportBug,
    controls,
  });
  front.attach(server);
  // The port is worth remembering before anybody has signed in.
  await desk.keep();
  const url = `http://${ADDRESS}:${port}/`;

  return {
    url,
    port,
    createSignInLink: () => `${url}#signin=${desk.createLink()}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await front.closeSockets();
      server.closeAllConnections();
      await closed;
      await desk.keep();
    },
  };
}

function socketLimits(deps: WebServerDeps, controls: WebControls): SocketLimits {
  const limits = { ...DEFAULT_SOCKET_LIMITS, ...deps.limits };
  return {
    ...limits,
    ...(controls.limitsSize ? {} : { maxPayloadBytes: 0 }),
    ...(controls.closesUnsigned ? {} : { signInMs: 2 ** 31 - 1 }),
  };
}

function enter(desk: SignInDesk, params: ConnectionParams, host: string): SignOut {
  const { session = "", nonce = "", proof = "" } = params ?? {};
  return desk.enter({ session, nonce, proof }, host);
}

interface WebFrontDeps {
  readonly assets: Assets;
  readonly sessions: SessionEndpoint;
  readonly sockets: RpcSocketServer;
  readonly reportBug: RpcContext["reportBug"];
  readonly controls: WebControls;
}

/** Decides for every request whether and by whom it is answered. */
class WebFront {
  readonly #deps: WebFrontDeps;

  constructor(deps: WebFrontDeps) {
    this.#deps = deps;
  }

  attach(server: Server): void {
    server.on("request", (request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#fail(response, error));
    });
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    server.on("clientError", (_error, socket) => socket.destroy());
  }

  closeSockets(): Promise<void> {
    return this.#deps.sockets.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of PAGE_HEADERS) response.setHeader(name, value);
    const { assets, controls } = this.#deps;
    if (controls.checksHost && !isForThisComputer(request)) return end(response, 421);
    const url = request.url ?? "/";
    if (url === SESSION_PATH || url === CHALLENGE_PATH) return this.#signIn(url, request, response);
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405);
    if (controls.checksOrigin && isFromForeignPage(request)) return end(response, 403);
    return assets.send(url, response, request.method === "HEAD");
  }

  #signIn(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const { controls, sessions } = this.#deps;
    if (request.method !== "POST") return end(response, 405);
    if (controls.checksOrigin && !isFromOurPage(request)) return end(response, 403);
    return url === SESSION_PATH ? sessions.answer(request, response) : sessions.challenge(response);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A peer that hangs up during the handshake has nobody to report to.
    socket.on("error", () => socket.destroy());
    const refusal = this.#refusalOf(request);
    if (refusal === null) this.#deps.sockets.upgrade(request, socket, head);
    else socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  #refusalOf(request: IncomingMessage): string | null {
    const { controls } = this.#deps;
    if (controls.checksHost && !isForThisComputer(request)) return "421 Misdirected Request";
    if (controls.checksOrigin && !isFromOurPage(request)) return "403 Forbidden";
    // Without this parameter tRPC would make the context before the sign-in arrives.
    return request.url === `${RPC_PATH}?connectionParams=1` ? null : "404 Not Found";
  }

  #fail(response: ServerResponse, error: unknown): void {
    // A body that was cut off is the sender's doing, not a bug.
    if (!isHangUp(error)) this.#deps.reportBug(error, "web");
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end();
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNRESET";
}

/** Listens where it was wanted; without a wish where it was last, and where that is taken on any free port. */
async function listenAgain(
  server: Server,
  { wanted, last }: { readonly wanted: number | null; readonly last: number },
): Promise<number> {
  if (wanted !== null) return listen(server, wanted);
  try {
    return await listen(server, last);
  } catch (error) {
    if (last === 0 || !(error instanceof AppError)) throw error;
    return listen(server, 0);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE" || error.code === "EACCES";
      reject(isTaken ? portTaken(port, error) : error);
    };
    server.once("error", fail);
    server.listen(port, ADDRESS, () => {
      server.off("error", fail);
      const address = server.address() as AddressInfo;
      resolve(address.port);
    });
  });
}

function portTaken(port: number, cause: Error): AppError {
  return new AppError(
    "web.port_taken",
    `Port ${port} is taken or not allowed. Leave --port out for a free one`,
    {
      details: { port },
      cause,
    },
  );
}
