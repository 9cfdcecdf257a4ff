import type { Command } from "../command.ts";
import { isFinalState } from "../run-states.ts";
import { reasonText, runDocument, stateText } from "../run-text.ts";
import { waitForRun } from "../watch-run.ts";

export const stop: Command = {
  path: ["stop"],
  summary: "Stop a run: ask it to end, then kill it after its grace time",
  notes: ["Waits until the run has ended. Ctrl-C stops the waiting, not the stopping."],
  args: [
    { name: "RUN", summary: "Id, its first characters, or @AGENT for its latest run", completion: "run" },
  ],
  flags: [{ name: "force", summary: "Kill it and everything it started at once" }],
  examples: ["pilothouse stop 0k3f", "pilothouse stop @price-watcher --force"],
  async run(call) {
    const link = await call.link();
    const reference = call.text("RUN");
    const { id } = await link.ask((client) => client.runs.get.query({ reference }));
    await link.tell((client) => client.runs.stop.mutate({ runId: id, isForced: call.has("force") }));
    const run = await waitForRun(link, id, { isReached: ({ state }) => isFinalState(state) });
    const state = stateText(run.state, call.terminal);
    await call.answer(runDocument(run), `${run.id} ${state}. ${reasonText(run.reason) ?? ""}`.trim());
    return 0;
  },
};
