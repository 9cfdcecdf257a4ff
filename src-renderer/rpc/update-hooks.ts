import { useQuery } from "@tanstack/react-query";
import type { UpdateState } from "#contract/update.ts";
import { useRpc } from "./context.ts";
import type { Failure } from "./failure.ts";
import { type Command, type Live, live, useCommand } from "./hooks.ts";
import { keys } from "./query-keys.ts";

/** Where the search for newer versions stands. */
export function useLiveUpdate(): Live<UpdateState> {
  const rpc = useRpc();
  return live(
    useQuery<UpdateState>({
      queryKey: keys.update,
      queryFn: ({ signal }) => rpc.updates.state.query(undefined, { signal }),
    }),
  );
}

/** What a person can ask for; each answers at once, and the state tells how it goes on. */
export function useUpdateCommand(what: "check" | "download" | "install"): Command<void, UpdateState> {
  const rpc = useRpc();
  return useCommand<void, UpdateState>(() => rpc.updates[what].mutate());
}

/** Why the search failed, as the page shows failures. */
export function failureOfUpdate(state: Extract<UpdateState, { kind: "failed" }>): Failure {
  const { code, details, message, retryable } = state.error;
  return { code, details, message, isRetryable: retryable, path: "" };
}
