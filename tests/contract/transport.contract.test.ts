import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { type ClientOptions, WebSocket } from "ws";
import { startWebServer } from "#main/entries/web/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import {
  type AppRouter,
  bridgePort,
  createAppRouter,
  type RpcPort,
  RpcPortServer,
  serveLocalSocket,
} from "#main/rpc/index.ts";
import { createPortWebSocket } from "#renderer/rpc/port-web-socket.ts";
import { PausablePort, rpcPortOf } from "#tests/helpers/node-ports.ts";
import { exchangeLink, proofOf } from "#tests/helpers/page-session.ts";
import {
  describeTransportContract,
  type OpenTransport,
  type TransportUnderTest,
} from "./transport-contract.ts";

const overWebSocket: OpenTransport = async (core) => {
  const assetsFolder = await mkdtemp(join(tmpdir(), "pilothouse-page-"));
  await writeFile(join(assetsFolder, "index.html"), "<!doctype html>");
  const web = await startWebServer({
    router: createAppRouter(core.faces),
    reportBug: core.reportBug,
    clock: new SystemClock(),
    assetsFolder,
    port: 0,
  });
  const origin = `http://127.0.0.1:${web.port}`;
  const credentials = await exchangeLink(web.createSignInLink());
  return connectClient({
    url: `ws://127.0.0.1:${web.port}/trpc`,
    options: { origin },
    params: async () => ({ ...(await proofOf(credentials, origin)) }),
    async close() {
      await web.close();
      await rm(assetsFolder, { recursive: true });
    },
  });
};

/** A core behind the socket file of its folder. */
async function serveLocally(core: Parameters<OpenTransport>[0]) {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-socket-"));
  const path = join(folder, "core.sock");
  const served = await serveLocalSocket({
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
  return {
    path,
    async close() {
      await served.close();
      await rm(folder, { recursive: true });
    },
  };
}

const overLocalSocket: OpenTransport = async (core) => {
  const { close, path } = await serveLocally(core);
  return connectClient({
    url: "ws://localhost/trpc",
    // Takes the place of `net.connect`, which ws would call with a host and a port.
    options: { createConnection: () => connect(path) } as ClientOptions,
    params: null,
    close,
  });
};

const overMessagePort: OpenTransport = async (core) => {
  const server = new RpcPortServer({
    router: createAppRouter(core.faces),
    context: {
      door: "window",
      capabilities: { entry: "desktop", nativeDialogs: true, notifications: true, newWindow: true },
      reportBug: core.reportBug,
    },
  });
  return connectPort({ serve: (port) => server.accept(port), close: () => server.close() });
};

/** As a window shows the core of another entry. */
const overBridgedPort: OpenTransport = async (core) => {
  const { close, path } = await serveLocally(core);
  return connectPort({ serve: (port) => bridgePort(port, path), close });
};

interface PortPlace {
  readonly serve: (port: RpcPort) => void;
  close(): Promise<void>;
}

async function connectPort({ close, serve }: PortPlace): Promise<TransportUnderTest> {
  const opened = Promise.withResolvers<void>();
  let port: PausablePort | null = null;
  const wsClient = createWSClient({
    url: "port:",
    WebSocket: createPortWebSocket(async () => {
      const channel = new MessageChannel();
      serve(rpcPortOf(channel.port2));
      port = new PausablePort(channel.port1);
      return port;
    }),
    retryDelayMs: () => 5,
    onOpen: () => opened.resolve(),
  });
  await opened.promise;
  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: wsClient })] }),
    cut: () => port?.close(),
    stopReading: () => port?.pause(),
    goOnReading: () => port?.goOn(),
    async [Symbol.asyncDispose]() {
      await wsClient.close();
      await close();
    },
  };
}

interface Address {
  readonly url: string;
  readonly options: ClientOptions;
  readonly params: (() => Promise<Record<string, string>>) | null;
  close(): Promise<void>;
}

async function connectClient({ close, options, params, url }: Address): Promise<TransportUnderTest> {
  const opened = Promise.withResolvers<void>();
  let socket: WebSocket | null = null;
  class TestWebSocket extends WebSocket {
    constructor(address: string | URL) {
      super(address, options);
      socket = this;
    }
  }
  const wsClient = createWSClient({
    url,
    WebSocket: TestWebSocket as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 5,
    connectionParams: params,
    onOpen: () => opened.resolve(),
  });
  await opened.promise;
  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: wsClient })] }),
    cut: () => socket?.terminate(),
    stopReading: () => socket?.pause(),
    goOnReading: () => socket?.resume(),
    async [Symbol.asyncDispose]() {
      const closing = wsClient.close();
      socket?.terminate();
      await closing;
      await close();
    },
  };
}

describeTransportContract("WebSocket of the web entry", overWebSocket);
describeTransportContract("message port", overMessagePort);
describeTransportContract("a message port joined with a local socket", overBridgedPort);
describeTransportContract("local socket", overLocalSocket);
