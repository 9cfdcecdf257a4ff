import type { Command } from "../command.ts";
import { ENGINE_FLAG, engines, NO_ENGINE } from "../container-choice.ts";
import { table } from "../table.ts";

export const engineList: Command = {
  path: ["engine", "list"],
  summary: "List the container engines of this computer",
  args: [],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse engine list"],
  async run(call) {
    const link = await call.link();
    const found = await engines(call, link);
    const rows = found.map((engine) => [
      engine.id,
      `${engine.product} ${engine.version}`.trim(),
      engine.state === "ready" ? `${engine.runningCount} of ${engine.containerCount} running` : engine.state,
      engine.problem ?? engine.address,
    ]);
    const text =
      rows.length === 0 ? NO_ENGINE : table([["ENGINE", "PRODUCT", "CONTAINERS", "ADDRESS"], ...rows]);
    await call.answer(found, text);
    return 0;
  },
};
