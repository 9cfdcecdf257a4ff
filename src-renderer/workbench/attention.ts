import { useEffect } from "react";
import type { Agent } from "#contract/agent.ts";
import type { AgentName, TargetId } from "#contract/ids.ts";
import type { AgentRunSummary, Run } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import { useLiveAgents, useLiveRuns, useLiveTargets, useRunSummaries } from "../rpc/index.ts";
import { canStart } from "./can-start.ts";
import { usePreferences } from "./preferences.tsx";

/** How many of the newest runs the page knows without being asked. */
export const RECENT_RUNS = 500;

/** Something that does not go on, or not well, until a person looks at it. */
export type AttentionItem =
  | {
      readonly kind: "run";
      readonly run: Run;
      /** The agent is still there and can be started. */
      readonly canStartAgain: boolean;
    }
  | {
      readonly kind: "manifest";
      readonly agent: AgentName;
      readonly problemCount: number;
      /** Another set of faults is another thing to look at. */
      readonly mark: string;
    }
  | { readonly kind: "folder-gone"; readonly agent: AgentName; readonly folder: string }
  | { readonly kind: "target"; readonly target: TargetId; readonly name: string };

const MAX_KEY = 300;

/** The same for the same thing; what was marked as seen is kept under it. */
export function attentionKey(item: AttentionItem): string {
  if (item.kind === "run") return `run ${item.run.id}`;
  if (item.kind === "target") return `target ${item.target}`;
  return `${item.kind} ${item.agent}${item.kind === "manifest" ? ` ${item.mark}` : ""}`.slice(0, MAX_KEY);
}

export interface KnownForAttention {
  /** Runs that wait for a person. */
  readonly waiting: readonly Run[];
  readonly summaries: readonly Pick<AgentRunSummary, "agent" | "latest">[];
  readonly agents: readonly Agent[];
  readonly targets: readonly Target[];
}

/**
 * What needs a person: runs that wait, the newest run of an agent when it failed or got lost (a later success
 * takes it off the list), agents that cannot start, targets that do not answer.
 */
export function findAttention({
  waiting,
  summaries,
  agents,
  targets,
}: KnownForAttention): readonly AttentionItem[] {
  const startable = new Set(agents.filter(canStart).map((agent) => agent.name));
  const failedLast = summaries
    .map(({ latest }) => latest)
    .filter((run) => run.state === "failed" || run.state === "lost")
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const items: AttentionItem[] = [...waiting, ...failedLast].map((run) => ({
    kind: "run",
    run,
    canStartAgain: run.state !== "needs-attention" && startable.has(run.agent),
  }));
  for (const agent of agents) {
    if (!agent.isPresent) items.push({ kind: "folder-gone", agent: agent.name, folder: agent.folder });
    else if (agent.problems.length > 0) {
      const mark = agent.problems.map(({ line, fault }) => `${line}:${fault.code}`).join(" ");
      items.push({ kind: "manifest", agent: agent.name, problemCount: agent.problems.length, mark });
    }
  }
  for (const target of targets) {
    if (target.probe?.isReachable === false)
      items.push({ kind: "target", target: target.id, name: target.name });
  }
  return items;
}

export interface Attention {
  /** What needs a person and was not marked as seen. */
  readonly items: readonly AttentionItem[];
  /** Takes items off the list until something new happens to them. Kept by the core. */
  readonly markSeen: (items: readonly AttentionItem[]) => void;
}

const MOST_SEEN = 200;

/** What needs a person now; kept current by itself. */
export function useAttention(): Attention {
  const { settings, isKnown, change } = usePreferences();
  const waiting = useLiveRuns({ states: ["needs-attention"] }).data?.runs;
  const summaries = useRunSummaries().data;
  const agents = useLiveAgents().data;
  const targets = useLiveTargets().data;
  const all = findAttention({
    waiting: waiting ?? [],
    summaries: summaries ?? [],
    agents: agents ?? [],
    targets: targets ?? [],
  });
  const seen = settings.seenAttention;
  const isComplete = isKnown && [waiting, summaries, agents, targets].every((part) => part !== undefined);
  const current = new Set(all.map(attentionKey));
  const stillSeen = seen.filter((key) => current.has(key));

  // What was mended and breaks again is new: it is not to be hidden by what was seen before.
  const isStale = isComplete && stillSeen.length < seen.length;
  useEffect(() => {
    if (isStale) change({ seenAttention: stillSeen });
  });

  return {
    items: all.filter((item) => !seen.includes(attentionKey(item))),
    markSeen: (items) => {
      const keys = items.map(attentionKey).filter((key) => !seen.includes(key));
      change({ seenAttention: [...keys, ...stillSeen].slice(0, MOST_SEEN) });
    },
  };
}
