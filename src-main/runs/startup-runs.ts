import { isFinal, type Run, type StartRun } from "#contract/run.ts";
import type { RunRecords } from "./run-records.ts";
import type { AgentSource, RunsLog } from "./sources.ts";

export interface StartupRunsDeps {
  readonly agents: AgentSource;
  readonly records: Pick<RunRecords, "latestOf">;
  readonly log: Pick<RunsLog, "warn">;
}

/**
 * Starts every agent of the start-up list as its latest run was started, unless a person had stopped that run.
 * One that cannot be started keeps none of the others from it.
 */
export async function startAtStartup(
  { agents, log, records }: StartupRunsDeps,
  start: (request: StartRun) => Promise<Run>,
): Promise<void> {
  for (const agent of agents.list()) {
    const latest = records.latestOf(agent.name);
    if (!agent.isAutostart || latest === null || !isFinal(latest.state) || wasStoppedByPerson(latest))
      continue;
    try {
      await start({ agent: agent.name, target: latest.target, input: JSON.parse(latest.inputJson) });
    } catch (error) {
      log.warn("an agent could not be started with Pilothouse", {
        agent: agent.name,
        problem: String(error),
      });
    }
  }
}

function wasStoppedByPerson({ reason, state }: Run): boolean {
  return state === "stopped" || state === "killed" || reason?.code === "survivors";
}
