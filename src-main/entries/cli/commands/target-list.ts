import type { Command } from "../command.ts";
import { table } from "../table.ts";
import { targetDocument, targetStatusText } from "../target-text.ts";

export const targetList: Command = {
  path: ["target", "list"],
  summary: "List the places where agents run",
  args: [],
  flags: [],
  examples: ["pilothouse target list"],
  async run(call) {
    const link = await call.link();
    const listed = await link.ask((client) => client.targets.list.query());
    // A core that was started for this command has not looked at any yet.
    const targets = await Promise.all(
      listed.map(async (target) =>
        target.probe === null
          ? await link.ask((client) => client.targets.probe.mutate({ target: target.id }))
          : target,
      ),
    );
    const rows = targets.map((target) => [target.id, target.name, targetStatusText(target)]);
    await call.answer(targets.map(targetDocument), table([["TARGET", "NAME", "STATUS"], ...rows]));
    return 0;
  },
};
