import type { Run } from "#contract/run.ts";
import type { Call, Command } from "../command.ts";
import { isoOf, reasonText, runDocument, stateText, tookText } from "../run-text.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

export const show: Command = {
  path: ["show"],
  summary: "Show one run and what happened to it",
  args: [
    { name: "RUN", summary: "Id, its first characters, or @AGENT for its latest run", completion: "run" },
  ],
  flags: [],
  examples: ["pilothouse show 0k3f", "pilothouse show @price-watcher --json"],
  async run(call) {
    const link = await call.link();
    const reference = call.text("RUN");
    const run = await link.ask((client) => client.runs.get.query({ reference }));
    const timeline = await link.ask((client) => client.runs.timeline.query({ runId: run.id }));
    const steps = timeline.map((entry) => ({
      at: isoOf(entry.atMs),
      kind: entry.kind,
      state: entry.state,
      reason: reasonText(entry.reason),
      text: entry.text,
    }));
    const lines = steps.map((step) => [
      step.at,
      step.state === null ? step.kind : stateText(step.state, call.terminal),
      harmless(step.reason ?? step.text ?? ""),
    ]);
    await call.answer({ ...runDocument(run), timeline: steps }, `${factsOf(run, call)}\n\n${table(lines)}`);
    return 0;
  },
};

function factsOf(run: Run, { clock, terminal }: Call): string {
  const rows: [string, string][] = [
    ["Run", run.id],
    ["Agent", run.agent],
    ["State", stateText(run.state, terminal)],
    ["Why", reasonText(run.reason) ?? ""],
    ["Exit code", run.exitCode === null ? "" : String(run.exitCode)],
    ["Target", run.target],
    ["Release", run.release?.slice(0, 12) ?? ""],
    ["Health", run.health === "none" ? "" : run.health],
    ["Attempt", String(run.attempt)],
    ["Input", run.inputJson === "{}" ? "" : harmless(run.inputJson)],
    ["Process", run.pid === null ? "" : String(run.pid)],
    ["Created", isoOf(run.createdAtMs)],
    ["Started", run.startedAtMs === null ? "" : isoOf(run.startedAtMs)],
    ["Ended", run.endedAtMs === null ? "" : isoOf(run.endedAtMs)],
    ["Took", tookText(run, clock.nowMs())],
  ];
  const limits = run.limits.map(({ limit, wanted, isEnforced, how }): [string, string] => [
    `Limit ${limit}`,
    `${wanted}, ${isEnforced ? "enforced" : "not enforced"}: ${how}`,
  ]);
  return table([...rows.filter(([, value]) => value !== ""), ...limits]);
}
