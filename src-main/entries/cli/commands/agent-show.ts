import type { AgentName } from "#contract/ids.ts";
import { agentDocument, agentStatusText, problemText } from "../agent-text.ts";
import type { Command } from "../command.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

export const agentShow: Command = {
  path: ["agent", "show"],
  summary: "Show one agent",
  args: [{ name: "NAME", summary: "Name of the agent", completion: "agent" }],
  flags: [],
  examples: ["pilothouse agent show price-watcher"],
  async run(call) {
    const link = await call.link();
    const name = call.text("NAME") as AgentName;
    const agent = await link.ask((client) => client.agents.get.query({ name }));
    const { manifest } = agent;
    const rows = [
      ["Name", agent.name],
      ["Description", harmless(manifest.description ?? "")],
      ["Class", manifest.class],
      ["Status", agentStatusText(agent)],
      ["Folder", harmless(agent.folder)],
      ["Release", agent.release?.slice(0, 12) ?? "none yet"],
      ["Runs on", Object.keys(manifest.runtimes).join(", ")],
      ["Starts with Pilothouse", agent.isAutostart ? "yes" : "no"],
      ["Input", manifest.inputs === undefined ? "none" : JSON.stringify(manifest.inputs)],
    ];
    await call.answer(
      { ...agentDocument(agent), manifest },
      [table(rows), ...agent.problems.map(problemText)].join("\n"),
    );
    return 0;
  },
};
