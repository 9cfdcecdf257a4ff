import type { RunId } from "#contract/ids.ts";
import { type AgentRunSummary, isFinal, type Run } from "#contract/run.ts";

/** What agents' runs say after one of them changed. */
export function withRun(summaries: readonly AgentRunSummary[], run: Run): readonly AgentRunSummary[] {
  const known = summaries.find(({ agent }) => agent === run.agent);
  const others = (known?.liveRunIds ?? []).filter((id) => id !== run.id);
  const summary: AgentRunSummary = {
    agent: run.agent,
    latest: known === undefined || run.id >= known.latest.id ? run : known.latest,
    liveRunIds: isFinal(run.state) ? others : [...others, run.id],
  };
  const rest = summaries.filter(({ agent }) => agent !== run.agent);
  return [...rest, summary].sort((a, b) => (a.agent < b.agent ? -1 : 1));
}

/** Null when the run was an agent's latest: only the core knows the one before it. */
export function withoutRunId(
  summaries: readonly AgentRunSummary[],
  id: RunId,
): readonly AgentRunSummary[] | null {
  return summaries.some(({ latest }) => latest.id === id) ? null : summaries;
}
