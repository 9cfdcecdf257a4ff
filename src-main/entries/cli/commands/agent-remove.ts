import type { AgentName } from "#contract/ids.ts";
import type { Command } from "../command.ts";

export const agentRemove: Command = {
  path: ["agent", "remove"],
  summary: "Forget an agent; its folder and its finished runs stay",
  args: [{ name: "NAME", summary: "Name of the agent", completion: "agent" }],
  flags: [],
  examples: ["pilothouse agent remove price-watcher"],
  async run(call) {
    const link = await call.link();
    const name = call.text("NAME") as AgentName;
    await link.tell((client) => client.agents.remove.mutate({ name }));
    await call.answer({ removed: name }, `Removed ${name}. Its folder was not touched.`);
    return 0;
  },
};
