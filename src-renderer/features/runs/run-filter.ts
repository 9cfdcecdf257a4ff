import { agentNameSchema, targetIdSchema } from "#contract/ids.ts";
import { RUN_STATES, type RunState } from "#contract/run.ts";
import type { RunFilter } from "../../rpc/index.ts";

/** What the runs table shows, as a person chose it; lives in the address. */
export interface RunChoice {
  readonly states: readonly RunState[];
  readonly agent: string | null;
  readonly target: string | null;
  readonly search: string;
  /** Only runs whose log is pinned. */
  readonly isPinned: boolean;
}

export const NO_CHOICE: RunChoice = { states: [], agent: null, target: null, search: "", isPinned: false };

const MAX_SEARCH = 200;

/** Reads an address. What it does not understand counts as not chosen, so that an old link still opens. */
export function readChoice(params: URLSearchParams): RunChoice {
  const wanted = new Set((params.get("state") ?? "").split(","));
  const agent = agentNameSchema.safeParse(params.get("agent"));
  const target = targetIdSchema.safeParse(params.get("target"));
  return {
    states: RUN_STATES.filter((state) => wanted.has(state)),
    agent: agent.success ? agent.data : null,
    target: target.success ? target.data : null,
    search: (params.get("q") ?? "").slice(0, MAX_SEARCH),
    isPinned: params.get("pinned") === "yes",
  };
}

/** Writes a choice into an address and leaves everything else of it alone. */
export function writeChoice(params: URLSearchParams, choice: RunChoice): URLSearchParams {
  const next = new URLSearchParams(params);
  const values = {
    state: choice.states.join(","),
    agent: choice.agent,
    target: choice.target,
    q: choice.search,
    pinned: choice.isPinned ? "yes" : "",
  };
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, value);
  }
  return next;
}

/** The choice as the core is asked. */
export function toRunFilter({ states, agent, target, search, isPinned }: RunChoice): RunFilter {
  const known = { agent: agentNameSchema.safeParse(agent), target: targetIdSchema.safeParse(target) };
  return {
    ...(states.length > 0 ? { states: [...states] } : {}),
    ...(known.agent.success ? { agent: known.agent.data } : {}),
    ...(known.target.success ? { target: known.target.data } : {}),
    ...(search === "" ? {} : { search }),
    ...(isPinned ? { isPinned } : {}),
  };
}

export function isChosen(choice: RunChoice): boolean {
  const { states, agent, target, search, isPinned } = choice;
  return states.length > 0 || agent !== null || target !== null || search !== "" || isPinned;
}
