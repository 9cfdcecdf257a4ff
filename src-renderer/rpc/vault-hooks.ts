import { useQuery } from "@tanstack/react-query";
import type { AuditCheck, AuditNames, AuditPage } from "#contract/audit.ts";
import type { Credential } from "#contract/credential.ts";
import type { Variable, VariableChange, VariableRef } from "#contract/variable.ts";
import type { VaultStatus } from "#contract/vault.ts";
import { useRpc } from "./context.ts";
import { type Live, live } from "./hooks.ts";
import { type AuditRequest, keys } from "./query-keys.ts";

/** The stores of secrets; `refetch` asks every one of them now. */
export function useLiveVault(): Live<VaultStatus> & { readonly isAsking: boolean } {
  const rpc = useRpc();
  const query = useQuery<VaultStatus>({
    queryKey: keys.vault,
    queryFn: ({ signal }) => rpc.vault.status.query(undefined, { signal }),
  });
  return { ...live(query), isAsking: query.isFetching };
}

/** Credentials by name; never a value. */
export function useLiveCredentials(): Live<readonly Credential[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Credential[]>({
      queryKey: keys.credentials,
      queryFn: ({ signal }) => rpc.credentials.list.query(undefined, { signal }),
    }),
  );
}

export function useLiveVariables(): Live<readonly Variable[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly Variable[]>({
      queryKey: keys.variables,
      queryFn: ({ signal }) => rpc.variables.list.query(undefined, { signal }),
    }),
  );
}

/** Changes of one variable, newest first; also of one that was removed. */
export function useVariableHistory(ref: VariableRef): Live<readonly VariableChange[]> {
  const rpc = useRpc();
  return live(
    useQuery<readonly VariableChange[]>({
      queryKey: keys.variableHistory(ref),
      queryFn: ({ signal }) => rpc.variables.history.query(ref, { signal }),
    }),
  );
}

/** The newest entries of a filter. While a new filter is being read, `isOfEarlier` says that the data are the old one's. */
export function useLiveAudit(request: AuditRequest): Live<AuditPage> & { readonly isOfEarlier: boolean } {
  const rpc = useRpc();
  const query = useQuery<AuditPage>({
    queryKey: keys.auditList(request),
    queryFn: ({ signal }) => rpc.audit.list.query(request, { signal }),
    placeholderData: (previous) => previous,
  });
  return { ...live(query), isOfEarlier: query.isPlaceholderData };
}

/** What the trail can be filtered by. The whole trail is read for it, so it is asked for when somebody chooses. */
export function useAuditNames(): Live<AuditNames> {
  const rpc = useRpc();
  return live(
    useQuery<AuditNames>({
      queryKey: keys.auditNames,
      queryFn: ({ signal }) => rpc.audit.names.query(undefined, { signal }),
      staleTime: 60_000,
    }),
  );
}

/** Whether the chain holds; the whole trail is read for it, so it is asked for when the page opens and on demand. */
export function useAuditCheck(): Live<AuditCheck> & { readonly isChecking: boolean; readonly atMs: number } {
  const rpc = useRpc();
  const query = useQuery<AuditCheck>({
    queryKey: keys.auditCheck,
    queryFn: ({ signal }) => rpc.audit.verify.query(undefined, { signal }),
    staleTime: 60_000,
  });
  return { ...live(query), isChecking: query.isFetching, atMs: query.dataUpdatedAt };
}
