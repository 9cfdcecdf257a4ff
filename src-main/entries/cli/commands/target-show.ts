import { ERROR_CATALOGUE } from "#contract/errors.ts";
import type { TargetId } from "#contract/ids.ts";
import type { Command } from "../command.ts";
import { table } from "../table.ts";
import { targetDocument, targetStatusText } from "../target-text.ts";
import { harmless } from "../terminal.ts";

export const targetShow: Command = {
  path: ["target", "show"],
  summary: "Look at one target now and show what was found",
  notes: ["Exit code 4 when it cannot be reached."],
  args: [{ name: "NAME", summary: "Name of the target", completion: "target" }],
  flags: [],
  examples: ["pilothouse target show this-computer"],
  async run(call) {
    const link = await call.link();
    const id = call.text("NAME") as TargetId;
    const target = await link.tell((client) => client.targets.probe.mutate({ target: id }));
    const rows = [
      ["target", target.id],
      ["name", target.name],
      ["status", targetStatusText(target)],
      ...(target.probe?.facts ?? []).map(({ key, value }) => [key, harmless(value)]),
      ...(target.probe?.warnings ?? []).map((warning) => ["warning", harmless(warning)]),
    ];
    await call.answer(targetDocument(target), table(rows));
    return target.probe?.isReachable === false ? ERROR_CATALOGUE["target.unreachable"].exit : 0;
  },
};
