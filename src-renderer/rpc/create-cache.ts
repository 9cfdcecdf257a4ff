import { QueryClient } from "@tanstack/react-query";
import { isConnectionLoss } from "./failure.ts";

/**
 * The page's cache. Nothing grows stale by age, because events keep it current; a query whose answer was lost
 * with the connection is asked again until it is answered, all other failures are final.
 */
export function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (_count, error) => isConnectionLoss(error),
        retryDelay: 200,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
