import type { Agent, ManifestProblem } from "#contract/agent.ts";
import { isoOf } from "./run-text.ts";
import { harmless } from "./terminal.ts";

/** An agent as programs get it. */
export function agentDocument(agent: Agent) {
  return {
    name: agent.name,
    description: agent.manifest.description ?? null,
    class: agent.manifest.class,
    folder: agent.folder,
    runtimes: Object.keys(agent.manifest.runtimes),
    release: agent.release,
    present: agent.isPresent,
    autostart: agent.isAutostart,
    problems: agent.problems,
    addedAt: isoOf(agent.addedAtMs),
  };
}

export function agentStatusText(agent: Agent): string {
  if (!agent.isPresent) return "✕ folder is gone";
  const count = agent.problems.length;
  if (count === 0) return "✓ ready";
  return `! ${count} ${count === 1 ? "problem" : "problems"} in agent.yaml`;
}

/** `agent.yaml:3:5: limits.memory: not a size. Expected: …`, the form editors jump to. */
export function problemText({ file, line, column, key, problem, expected }: ManifestProblem): string {
  const where = `${file}:${line}:${column}`;
  return harmless(
    [where, key, problem].filter((part) => part !== "").join(": ") +
      (expected === "" ? "" : `\n  expected: ${expected}`),
  ).replaceAll("\u240a", "\n");
}
