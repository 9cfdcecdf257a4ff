import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Run, RunState } from "#contract/run.ts";
import type { Call, Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { isState, STATE_NAMES } from "../run-states.ts";
import { agoText, reasonText, runDocument, stateText, tookText } from "../run-text.ts";
import { table } from "../table.ts";

const MAX_LIMIT = 1_000;

export const runs: Command = {
  path: ["runs"],
  summary: "List runs, newest first",
  args: [],
  flags: [
    { name: "agent", value: "NAME", summary: "Only runs of this agent", completion: "agent" },
    {
      name: "state",
      value: "STATE",
      summary: "Only runs in this state; several separated by commas",
      completion: STATE_NAMES,
    },
    { name: "kept", summary: "Only runs whose log is kept whatever its age and size" },
    { name: "limit", value: "N", summary: `How many at most, 1 to ${MAX_LIMIT}; 100 if left out` },
  ],
  examples: [
    "pilothouse runs",
    "pilothouse runs --agent price-watcher --state failed,lost --limit 10 --json",
  ],
  async run(call) {
    const agent = call.text("agent");
    const states = statesOf(call);
    const limit = limitOf(call);
    const link = await call.link();
    const page = await link.ask((client) =>
      client.runs.list.query({
        limit,
        ...(agent === "" ? {} : { agent: agent as AgentName }),
        ...(states.length === 0 ? {} : { states }),
        ...(call.has("kept") ? { isPinned: true } : {}),
      }),
    );
    if (page.total === 0 && agent !== "") await assertAgent(link, agent as AgentName);
    await call.answer(page.runs.map(runDocument), textOf(page.runs, page.total, call));
    return 0;
  },
};

/** @throws AppError `agent.not_found` for a name that no agent has, and that none had whose runs are still known */
async function assertAgent(link: CoreLink, agent: AgentName): Promise<void> {
  const { total } = await link.ask((client) => client.runs.list.query({ agent, limit: 1 }));
  if (total === 0) await link.ask((client) => client.agents.get.query({ name: agent }));
}

function textOf(list: readonly Run[], total: number, { clock, terminal }: Call): string {
  if (list.length === 0) return "There are no such runs.";
  const nowMs = clock.nowMs();
  const rows = list.map((run) => [
    run.id,
    run.agent,
    stateText(run.state, terminal),
    agoText(run.createdAtMs, nowMs),
    tookText(run, nowMs),
    run.state === "succeeded" ? "" : (reasonText(run.reason) ?? ""),
  ]);
  const rest = total - list.length;
  return [
    table([["RUN", "AGENT", "STATE", "CREATED", "TOOK", "WHY"], ...rows]),
    ...(rest > 0 ? [`… and ${rest} older`] : []),
  ].join("\n");
}

function statesOf(call: Call): RunState[] {
  if (!call.has("state")) return [];
  const words = call.text("state").split(",");
  const wrong = words.find((word) => !isState(word));
  if (wrong === undefined) return words.filter(isState);
  const expected = `one of ${STATE_NAMES.join(", ")}`;
  throw new AppError("usage.invalid", `--state "${wrong}" is not a state; expected ${expected}`, {
    details: { argument: "--state", problem: `is "${wrong}"`, expected },
  });
}

function limitOf(call: Call): number {
  const text = call.has("limit") ? call.text("limit") : "100";
  const limit = Number(text);
  if (/^[0-9]+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  const expected = `a whole number from 1 to ${MAX_LIMIT}`;
  throw new AppError("usage.invalid", `--limit ${text} is not ${expected}`, {
    details: { argument: "--limit", problem: `is ${text}`, expected },
  });
}
