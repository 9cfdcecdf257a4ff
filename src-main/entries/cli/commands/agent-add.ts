import { resolve } from "node:path";
import { agentDocument } from "../agent-text.ts";
import type { Command } from "../command.ts";

export const agentAdd: Command = {
  path: ["agent", "add"],
  summary: "Add the agent of a folder with an agent.yaml",
  args: [{ name: "DIR", summary: "The agent's folder; it stays where it is", completion: "folder" }],
  flags: [],
  examples: ["pilothouse agent add ./price-watcher", "pilothouse agent add . --json"],
  async run(call) {
    const link = await call.link();
    const folder = resolve(call.text("DIR"));
    const agent = await link.tell((client) => client.agents.add.mutate({ folder }));
    await call.answer(
      agentDocument(agent),
      `Added ${agent.name}. Start it with: pilothouse run ${agent.name}`,
    );
    return 0;
  },
};
