import type { Agent } from "#contract/agent.ts";
import type { Credential } from "#contract/credential.ts";

/** Credentials the agent's manifest names and that it may not use yet. */
export function notYetAllowed(
  { name: agent, manifest }: Pick<Agent, "name" | "manifest">,
  credentials: readonly Credential[],
): readonly Credential[] {
  const named = new Set((manifest.credentials ?? []).map(({ name }) => name));
  return credentials.filter(({ name, allowedAgents }) => named.has(name) && !allowedAgents.includes(agent));
}
