import { useTranslation } from "react-i18next";
import type { Agent } from "#contract/agent.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import { useCommand, useRpc } from "../../rpc/index.ts";
import { showDone, showFailure, useAllowFirst, useDialogParam } from "../../workbench/index.ts";
import { readSchema } from "./schema-form.ts";

/** Whether a person has to be asked for something before a start: input, or where it is to run when not here. */
function asksFirst({ manifest }: Agent): boolean {
  return manifest.runtimes.process === undefined || readSchema(manifest.inputs)?.length !== 0;
}

export interface StartAgent {
  /** Starts at once when nothing has to be asked; opens the start dialog otherwise. */
  readonly start: (agent: Agent) => void;
  readonly isBusy: boolean;
}

export function useStartAgent(onStarted?: (run: Run) => void): StartAgent {
  const { t } = useTranslation("agents");
  const rpc = useRpc();
  const dialog = useDialogParam("start");
  const allowFirst = useAllowFirst();
  const begin = (agent: AgentName) => allowFirst(agent, () => rpc.runs.start.mutate({ agent }));
  const command = useCommand(begin, {
    onDone: (run) => {
      showDone(t("start.started", { agent: run.agent }));
      onStarted?.(run);
    },
    onFailure: showFailure,
  });
  return {
    start: (agent) => {
      if (asksFirst(agent)) dialog.open(agent.name);
      else command.run(agent.name);
    },
    isBusy: command.isBusy,
  };
}
