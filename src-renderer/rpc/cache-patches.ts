import type { QueryClient } from "@tanstack/react-query";
import type { Agent } from "#contract/agent.ts";
import type { Credential } from "#contract/credential.ts";
import type { CoreEvent, EventBatch } from "#contract/events.ts";
import type { RunId } from "#contract/ids.ts";
import type { AgentRunSummary, Run, RunPage, Screenshot } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import type { UpdateState } from "#contract/update.ts";
import { applyEngineEvent } from "./engine-patches.ts";
import { keys, type RunFilter } from "./query-keys.ts";
import { withoutRunId, withRun } from "./run-summaries.ts";
import { upsert } from "./upsert.ts";

const DEFAULT_LIMIT = 100;
const MOST_REMOVED = 999;

/** Whether a run belongs into a list with this filter; null when only the core can tell. */
export function matchesFilter(run: Run, filter: RunFilter): boolean | null {
  if (filter.agent !== undefined && filter.agent !== run.agent) return false;
  if (filter.target !== undefined && filter.target !== run.target) return false;
  if (filter.states !== undefined && !filter.states.includes(run.state)) return false;
  if ((filter.search !== undefined && filter.search !== "") || filter.isPinned === true) return null;
  return filter.beforeId === undefined || run.id < filter.beforeId;
}

/** The page with the run in its place, newest first; the same object when nothing changes. */
export function patchRunPage(page: RunPage, run: Run, filter: RunFilter): RunPage {
  const limit = filter.limit ?? DEFAULT_LIMIT;
  const isListed = page.runs.some((listed) => listed.id === run.id);
  const belongs = matchesFilter(run, filter) ?? isListed;
  if (!belongs) return isListed ? withoutRun(page, run.id) : page;
  if (isListed) return { ...page, runs: page.runs.map((listed) => (listed.id === run.id ? run : listed)) };
  const oldest = page.runs.at(-1);
  const isBeyondPage = page.hasMore && oldest !== undefined && run.id < oldest.id;
  if (isBeyondPage) return page;
  const runs = [...page.runs, run].sort((a, b) => (a.id < b.id ? 1 : -1));
  return { runs: runs.slice(0, limit), total: page.total + 1, hasMore: page.hasMore || runs.length > limit };
}

export function withoutRun(page: RunPage, id: RunId): RunPage {
  const runs = page.runs.filter((listed) => listed.id !== id);
  return runs.length === page.runs.length ? page : { ...page, runs, total: Math.max(0, page.total - 1) };
}

function eachRunPage(cache: QueryClient, change: (page: RunPage, filter: RunFilter) => RunPage): void {
  for (const [key] of cache.getQueriesData<RunPage>({ queryKey: keys.runLists })) {
    const filter = (key[2] ?? {}) as RunFilter;
    cache.setQueryData<RunPage>(key, (page) => (page === undefined ? page : change(page, filter)));
  }
}

function runChanged(cache: QueryClient, run: Run): void {
  cache.setQueryData(keys.run(run.id), run);
  eachRunPage(cache, (page, filter) => patchRunPage(page, run, filter));
  cache.setQueryData<readonly AgentRunSummary[]>(keys.runSummaries, (known) =>
    known === undefined ? known : withRun(known, run),
  );
  // The history has a new step; read it again only where somebody looks at it.
  void cache.invalidateQueries({ queryKey: keys.timeline(run.id) });
}

function runRemoved(cache: QueryClient, id: RunId): void {
  eachRunPage(cache, (page) => withoutRun(page, id));
  cache.setQueryData<readonly RunId[]>(keys.removedRuns, (known = []) => [...known.slice(-MOST_REMOVED), id]);
  const summaries = cache.getQueryData<readonly AgentRunSummary[]>(keys.runSummaries);
  if (summaries !== undefined && withoutRunId(summaries, id) === null) {
    void cache.invalidateQueries({ queryKey: keys.runSummaries });
  }
  for (const key of [keys.run(id), keys.timeline(id), keys.load(id), keys.screens(id)]) {
    void cache.invalidateQueries({ queryKey: key });
  }
}

function logMarked(cache: QueryClient, id: RunId): void {
  for (const queryKey of [keys.logStats(id), keys.pinnedLogs]) void cache.invalidateQueries({ queryKey });
  // Only the core knows which runs are in a list of kept logs now.
  for (const [queryKey] of cache.getQueriesData({ queryKey: keys.runLists })) {
    if ((queryKey[2] as RunFilter | undefined)?.isPinned === true) void cache.invalidateQueries({ queryKey });
  }
}

function agentChanged(cache: QueryClient, agent: Agent): void {
  const known = cache.getQueryData<Agent>(keys.agent(agent.name));
  if (known !== undefined && known.revision > agent.revision) return;
  cache.setQueryData(keys.agent(agent.name), agent);
  cache.setQueryData<readonly Agent[]>(keys.agentList, (list) =>
    list === undefined ? list : upsert(list, agent, (item) => item.name),
  );
  void cache.invalidateQueries({ queryKey: keys.manifestText(agent.name) });
}

function screenshotAdded(cache: QueryClient, screenshot: Screenshot): void {
  cache.setQueryData<readonly Screenshot[]>(keys.screens(screenshot.runId), (list) => {
    if (list === undefined || list.some((item) => item.id === screenshot.id)) return list;
    return [...list, screenshot];
  });
  void cache.invalidateQueries({ queryKey: keys.timeline(screenshot.runId) });
}

type SecretEvent = Extract<CoreEvent, { type: `${"credential" | "variable" | "vault" | "audit"}.${string}` }>;

function applySecretEvent(cache: QueryClient, event: SecretEvent): void {
  switch (event.type) {
    case "credential.changed":
      cache.setQueryData<readonly Credential[]>(keys.credentials, (list) =>
        list === undefined ? list : upsert(list, event.credential, (item) => item.name),
      );
      return;
    case "credential.removed":
      cache.setQueryData<readonly Credential[]>(keys.credentials, (list) =>
        list?.filter((item) => item.name !== event.name),
      );
      return;
    case "variable.changed":
      void cache.invalidateQueries({ queryKey: keys.variables });
      void cache.invalidateQueries({ queryKey: keys.variableHistories });
      return;
    case "vault.changed":
      cache.setQueryData(keys.vault, event.status);
      return;
    case "audit.added":
      void cache.invalidateQueries({ queryKey: keys.auditLists });
  }
}

/** Brings the cache up to date with one thing that changed in the core. */
export function applyEvent(cache: QueryClient, event: CoreEvent): void {
  switch (event.type) {
    case "run.changed":
      runChanged(cache, event.run);
      return;
    case "run.removed":
      runRemoved(cache, event.runId);
      return;
    case "log.marked":
      logMarked(cache, event.runId);
      return;
    case "agent.changed":
      agentChanged(cache, event.agent);
      return;
    case "agent.removed":
      cache.setQueryData<readonly Agent[]>(keys.agentList, (list) =>
        list?.filter((item) => item.name !== event.agent),
      );
      void cache.invalidateQueries({ queryKey: keys.agent(event.agent) });
      return;
    case "target.changed":
      cache.setQueryData(keys.target(event.target.id), event.target);
      cache.setQueryData<readonly Target[]>(keys.targetList, (list) =>
        list === undefined ? list : upsert(list, event.target, (item) => item.id),
      );
      return;
    case "target.removed":
      cache.setQueryData<readonly Target[]>(keys.targetList, (list) =>
        list?.filter((item) => item.id !== event.target),
      );
      void cache.invalidateQueries({ queryKey: keys.target(event.target) });
      return;
    case "screenshot.added":
      screenshotAdded(cache, event.screenshot);
      return;
    case "credential.changed":
    case "credential.removed":
    case "variable.changed":
    case "vault.changed":
    case "audit.added":
      applySecretEvent(cache, event);
      return;
    case "engine.changed":
    case "containers.changed":
      applyEngineEvent(cache, event);
      return;
    case "update.changed":
      cache.setQueryData<UpdateState>(keys.update, event.state);
      return;
    case "settings.changed":
      void cache.invalidateQueries({ queryKey: keys.settings });
  }
}

/** Brings the cache up to date with a batch; after `reset` everything shown is read anew. */
export function applyBatch(cache: QueryClient, batch: EventBatch): void {
  if (batch.kind === "reset") {
    void cache.invalidateQueries();
    return;
  }
  for (const event of batch.events) applyEvent(cache, event);
}
