import { agentDocument, agentStatusText } from "../agent-text.ts";
import type { Command } from "../command.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

export const agentList: Command = {
  path: ["agent", "list"],
  summary: "List the agents",
  args: [],
  flags: [],
  examples: ["pilothouse agent list", "pilothouse agent list --json"],
  async run(call) {
    const link = await call.link();
    const agents = await link.ask((client) => client.agents.list.query());
    const rows = agents.map((agent) => [
      agent.name,
      agent.manifest.class,
      agentStatusText(agent),
      harmless(agent.folder),
    ]);
    await call.answer(
      agents.map(agentDocument),
      agents.length === 0
        ? "There are no agents yet. Add one with: pilothouse agent add DIR"
        : table([["NAME", "CLASS", "STATUS", "FOLDER"], ...rows]),
    );
    return 0;
  },
};
