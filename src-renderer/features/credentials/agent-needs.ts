import type { Credential } from "#contract/credential.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { Variable } from "#contract/variable.ts";

/**
 * - `ready`: the agent gets it
 * - `soon`: it does, and the credential expires within two weeks
 * - `not-allowed`: it is there; the window asks at the first run
 * - `expired`, `missing`, `field-missing`: the run would not start
 */
export type NeedState = "ready" | "soon" | "not-allowed" | "expired" | "missing" | "field-missing";

/** Something an agent's manifest names, and whether it is there. */
export interface Need {
  readonly kind: "credential" | "variable";
  readonly name: string;
  readonly state: NeedState;
  /** The first field that the credential lacks; empty for none. */
  readonly field: string;
}

export interface Known {
  readonly agent: AgentName;
  readonly credentials: readonly Credential[];
  readonly variables: readonly Variable[];
}

/** What the manifest names, in its order: credentials, then variables. */
export function findNeeds(manifest: Pick<Manifest, "credentials" | "variables">, known: Known): Need[] {
  const credentials = (manifest.credentials ?? []).map((use): Need => {
    const fields = [...Object.keys(use.env ?? {}), ...(use.file === undefined ? [] : [use.file.field])];
    const credential = known.credentials.find((each) => each.name === use.name);
    const field = credential === undefined ? "" : lackingField(credential, fields);
    return { kind: "credential", name: use.name, field, state: stateOf(credential, field, known.agent) };
  });
  const variables = (manifest.variables ?? []).map((name): Need => {
    const isThere = known.variables.some(
      (each) => each.name === name && (each.agent === null || each.agent === known.agent),
    );
    return { kind: "variable", name, field: "", state: isThere ? "ready" : "missing" };
  });
  return [...credentials, ...variables];
}

function lackingField({ fields }: Credential, wanted: readonly string[]): string {
  return wanted.find((name) => !fields.some((field) => field.name === name)) ?? "";
}

function stateOf(credential: Credential | undefined, field: string, agent: AgentName): NeedState {
  if (credential === undefined) return "missing";
  if (field !== "") return "field-missing";
  if (credential.expiry === "expired") return "expired";
  if (!credential.allowedAgents.includes(agent)) return "not-allowed";
  return credential.expiry === "soon" ? "soon" : "ready";
}

/** Whether a run would be refused for it. */
export function isRefused({ state }: Need): boolean {
  return state === "missing" || state === "field-missing" || state === "expired";
}
