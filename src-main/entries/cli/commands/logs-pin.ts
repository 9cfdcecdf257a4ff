import type { Call, Command } from "../command.ts";

const RUN = {
  name: "RUN",
  summary: "Id, its first characters, or @AGENT for its latest run",
  completion: "run",
} as const;

export const logsPin: Command = {
  path: ["logs", "pin"],
  summary: "Keep the log of a run whatever its age and size",
  args: [RUN],
  flags: [],
  examples: ["pilothouse logs pin @price-watcher"],
  run: (call) => pin(call, true),
};

export const logsUnpin: Command = {
  path: ["logs", "unpin"],
  summary: "Let the log of a run go when it is too old",
  args: [RUN],
  flags: [],
  examples: ["pilothouse logs unpin 0k3f"],
  run: (call) => pin(call, false),
};

async function pin(call: Call, isPinned: boolean): Promise<number> {
  const link = await call.link();
  const { id } = await link.ask((client) => client.runs.get.query({ reference: call.text("RUN") }));
  await link.tell((client) => client.logs.mark.mutate({ runId: id, isPinned }));
  await call.answer(
    { run: id, isPinned },
    `The log of ${id} is ${isPinned ? "pinned" : "not pinned any more"}.`,
  );
  return 0;
}
