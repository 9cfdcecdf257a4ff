import type { PortBinding } from "#contract/engine.ts";
import type { Command } from "../command.ts";
import { containersOf, ENGINE_FLAG, emptyListText } from "../container-choice.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

export const containerList: Command = {
  path: ["container", "list"],
  summary: "List the containers of all engines, also those Pilothouse did not start",
  args: [],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse container list", "pilothouse container list --engine podman --json"],
  async run(call) {
    const link = await call.link();
    const all = await containersOf(call, link);
    const rows = all.map(({ engine, container }) => [
      container.id.slice(0, 12),
      harmless(container.name),
      engine,
      harmless(container.image),
      harmless(container.status),
      container.project ?? "",
      container.ports.flatMap(portText).join(" "),
    ]);
    const documents = all.map(({ engine, container }) => ({ engine, ...container }));
    const text =
      rows.length === 0
        ? await emptyListText(call, link, "containers")
        : table([["ID", "NAME", "ENGINE", "IMAGE", "STATUS", "PROJECT", "PORTS"], ...rows]);
    await call.answer(documents, text);
    return 0;
  },
};

function portText({ containerPort, hostPort, protocol }: PortBinding): readonly string[] {
  return hostPort === null ? [] : [`${hostPort}->${containerPort}/${protocol}`];
}
