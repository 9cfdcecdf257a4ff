import type { CoreEvent } from "#contract/events.ts";
import type { AgentName, ReleaseId, RunId } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import type { Settings } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import { createLogStore } from "./engine-log-store.ts";
import type { LogRecords } from "./log-records.ts";
import { LogRetention } from "./log-retention.ts";

export interface LogPartsDeps {
  /** The folder of all logs. */
  readonly folder: string;
  readonly ownLogFile: string;
  readonly workerScript: string;
  readonly clock: Clock;
  readonly records: LogRecords;
  readonly settings: { get(): Settings; set(change: Partial<Settings>): unknown };
  readonly runs: {
    find(id: RunId): { readonly run: Run } | null;
    live(): readonly { readonly run: Run }[];
    latestOf(agent: AgentName): Run | null;
  };
  readonly agents: {
    /** @throws AppError `agent.not_found` */
    get(agent: AgentName): unknown;
    list(): readonly { readonly release: ReleaseId | null }[];
  };
  readonly releases: { removeUnused(used: ReadonlySet<ReleaseId>): Promise<number> };
  readonly publish: (event: CoreEvent) => void;
  /** Told what failed and goes on all the same. */
  readonly onTrouble: (message: string, error: unknown) => void;
}

/** Everything about logs, put together. Builds and touches nothing. */
export function composeLogs(deps: LogPartsDeps) {
  const { agents, clock, folder, onTrouble, ownLogFile, publish, records, releases, runs, settings } = deps;
  const store = createLogStore({
    folder,
    clock,
    records,
    workerScript: deps.workerScript,
    onMarked: (runId) => publish({ type: "log.marked", runId }),
    onSealingFailed: (error, runId) => onTrouble(`the log of run ${runId} was not compressed`, error),
  });
  const retention = new LogRetention({
    folder,
    ownLogFile,
    clock,
    records,
    remove: (runId) => store.remove(runId),
    settings: {
      get: () => settings.get(),
      change: (change) => {
        settings.set(change);
        publish({ type: "settings.changed" });
      },
    },
    assertAgent: (agent) => {
      if (runs.latestOf(agent) === null) agents.get(agent);
    },
    findRun: (runId) => runs.find(runId)?.run ?? null,
    removeReleases: (usedByLogs) => {
      const inUse = [
        ...runs.live().map(({ run }) => run.release),
        ...agents.list().map(({ release }) => release),
      ];
      return releases.removeUnused(new Set([...usedByLogs, ...inUse.filter((release) => release !== null)]));
    },
    onFailed: (error) => onTrouble("old logs were not removed", error),
  });
  return {
    store,
    retention,
    async [Symbol.asyncDispose](): Promise<void> {
      await retention[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
export type LogParts = ReturnType<typeof composeLogs>;
