import {
  createTRPCClient,
  createWSClient,
  type TRPCClient,
  type WebSocketClientOptions,
  wsLink,
} from "@trpc/client";
import type { AppRouter } from "../../src-main/rpc/app-router.ts";
import type { ConnectionTracker } from "./connection-state.ts";
import { createPortWebSocket, type ObtainPort } from "./port-web-socket.ts";
import { PromptWebSocket } from "./prompt-socket.ts";
import type { Proof } from "./prove.ts";

export type RpcClient = TRPCClient<AppRouter>;

/** Close codes with which the core says that it does not know the session. */
const REFUSED_CODES: readonly number[] = [1008, 4001, 4401, 4403];

/** A proof can come too late, e.g. when the computer slept meanwhile; twice in a row it is the session. */
const REFUSALS_IN_A_ROW = 2;

const RETRY_STEPS_MS = [50, 150, 300, 600, 1_000] as const;

export interface WebSocketTransportDeps {
  /** Origin of the page, e.g. `http://127.0.0.1:4711`. */
  readonly origin: string;
  /** Makes what signs the next socket in; a failure counts as a failed attempt to connect. */
  readonly prove: () => Promise<Proof>;
  readonly tracker: ConnectionTracker;
}

export interface Rpc {
  readonly client: RpcClient;
  close(): void;
}

/**
 * Talks to the core over one WebSocket. Its first message proves the session; nothing secret travels.
 * A lost connection is made again for as long as the page lives; streams continue from their last id.
 */
export function createWebSocketRpc({ origin, prove, tracker }: WebSocketTransportDeps): Rpc {
  const url = new URL("/trpc", origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return createRpc(tracker, {
    url: url.href,
    WebSocket: PromptWebSocket,
    connectionParams: async () => ({ ...(await prove()) }),
  });
}

/** Talks to the core over message ports; see `createWebSocketRpc` for what is lost with a connection: nothing. */
export function createPortRpc(obtain: ObtainPort, tracker: ConnectionTracker): Rpc {
  return createRpc(tracker, { url: "port:", WebSocket: createPortWebSocket(obtain) });
}

function createRpc(
  tracker: ConnectionTracker,
  way: Pick<WebSocketClientOptions, "url" | "connectionParams" | "WebSocket">,
): Rpc {
  let isRefused = false;
  let refusals = 0;
  const socket = createWSClient({
    ...way,
    retryDelayMs: (attempt) => RETRY_STEPS_MS[Math.min(attempt, RETRY_STEPS_MS.length - 1)] ?? 1_000,
    keepAlive: { enabled: true, intervalMs: 5_000, pongTimeoutMs: 3_000 },
    onClose: (cause) => {
      if (isRefused) return;
      const wasRefused = cause?.code !== undefined && REFUSED_CODES.includes(cause.code);
      refusals = wasRefused ? refusals + 1 : 0;
      if (refusals >= REFUSALS_IN_A_ROW) {
        isRefused = true;
        tracker.refused();
        void socket.close();
      } else tracker.lost();
    },
    onError: () => {
      if (!isRefused) tracker.lost();
    },
  });
  const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  return { client, close: () => void socket.close() };
}
