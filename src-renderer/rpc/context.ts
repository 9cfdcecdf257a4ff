import { createContext, use } from "react";
import { useStore } from "zustand";
import type { RpcClient } from "./client.ts";
import type { ConnectionState, ConnectionTracker } from "./connection-state.ts";

export interface RpcContextValue {
  readonly client: RpcClient;
  readonly connection: ConnectionTracker["store"];
}

export const RpcContext = createContext<RpcContextValue | null>(null);

function useRpcContext(): RpcContextValue {
  const value = use(RpcContext);
  if (value === null) throw new Error("This part stands outside of RpcProvider");
  return value;
}

/** The typed client; for calls that no hook covers, e.g. streams and commands. */
export function useRpc(): RpcClient {
  return useRpcContext().client;
}

/** How the page stands with the core. */
export function useConnection(): ConnectionState {
  return useStore(useRpcContext().connection);
}
