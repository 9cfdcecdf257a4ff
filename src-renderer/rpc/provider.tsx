import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo } from "react";
import { applyBatch } from "./cache-patches.ts";
import type { RpcClient } from "./client.ts";
import type { ConnectionTracker } from "./connection-state.ts";
import { RpcContext } from "./context.ts";

export interface RpcProviderProps {
  readonly client: RpcClient;
  readonly tracker: ConnectionTracker;
  readonly cache: QueryClient;
  readonly children: ReactNode;
}

/** Gives the page its client and its cache, and keeps the cache current through one stream of events. */
export function RpcProvider({ client, tracker, cache, children }: RpcProviderProps) {
  useEffect(() => {
    const subscription = client.system.events.subscribe(
      {},
      {
        onStarted: () => tracker.opened(),
        onData: ({ data }) => applyBatch(cache, data),
        onConnectionStateChange: (change) => {
          if (change.state === "connecting" && change.error !== null) tracker.lost();
        },
        onError: () => tracker.lost(),
      },
    );
    return () => subscription.unsubscribe();
  }, [client, tracker, cache]);

  const value = useMemo(() => ({ client, connection: tracker.store }), [client, tracker]);
  return (
    <QueryClientProvider client={cache}>
      <RpcContext value={value}>{children}</RpcContext>
    </QueryClientProvider>
  );
}
