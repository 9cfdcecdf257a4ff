import { agentNameSchema, runIdSchema, targetIdSchema } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";

/** A run for tests; ids of a higher `n` (0 to 9) are newer. */
export function aRun(n: number, change: Partial<Omit<Run, "agent">> & { agent?: string } = {}): Run {
  const { agent, ...rest } = change;
  return {
    id: runIdSchema.parse(`01jd00000000000${n}`),
    agent: agentNameSchema.parse(agent ?? "demo"),
    release: null,
    target: targetIdSchema.parse("this-computer"),
    state: "succeeded",
    reason: null,
    exitCode: 0,
    health: "none",
    attempt: 1,
    previousRunId: null,
    door: "window",
    inputJson: "{}",
    createdAtMs: 1000 + n,
    startedAtMs: 1000 + n,
    endedAtMs: 2000 + n,
    pid: null,
    port: null,
    limits: [],
    ...rest,
  };
}
