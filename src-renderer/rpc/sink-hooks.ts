import { useQuery } from "@tanstack/react-query";
import type { LogSink } from "#contract/log-sink.ts";
import { useRpc } from "./context.ts";
import { type Live, live } from "./hooks.ts";
import { keys } from "./query-keys.ts";

/** How much is sent changes all the time; while somebody looks, it is asked for again this often. */
const LOOK_MS = 3_000;

/** Where output is forwarded to, by name. */
export function useLiveSinks(): Live<readonly LogSink[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly LogSink[]>({
      queryKey: keys.sinks,
      queryFn: ({ signal }) => rpc.sinks.list.query(undefined, { signal }),
      refetchInterval: LOOK_MS,
    }),
  );
}
