import { resolve } from "node:path";
import { ERROR_CATALOGUE } from "#contract/errors.ts";
import { problemText } from "../agent-text.ts";
import type { Command } from "../command.ts";

export const agentValidate: Command = {
  path: ["agent", "validate"],
  summary: "Check the agent.yaml of a folder without adding it",
  notes: ["Every fault is shown with its file, line, column and key. Exit code 2 when there is one."],
  args: [{ name: "DIR", summary: "The agent's folder", completion: "folder" }],
  flags: [],
  examples: ["pilothouse agent validate ./price-watcher"],
  async run(call) {
    const link = await call.link();
    const folder = resolve(call.text("DIR"));
    const { problems, manifest } = await link.ask((client) => client.agents.validate.query({ folder }));
    await call.answer(
      { folder, valid: problems.length === 0, name: manifest?.name ?? null, problems },
      problems.length === 0 ? `${manifest?.name ?? folder} is valid` : problems.map(problemText).join("\n"),
    );
    return problems.length === 0 ? 0 : ERROR_CATALOGUE["manifest.invalid"].exit;
  },
};
