import type { Agent } from "#contract/agent.ts";

/** Whether an agent is there and its manifest is sound. */
export function canStart(agent: Pick<Agent, "isPresent" | "problems">): boolean {
  return agent.isPresent && agent.problems.length === 0;
}
