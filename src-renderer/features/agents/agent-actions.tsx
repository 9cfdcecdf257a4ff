import { IconFolderPlus, IconPlayerPlay, IconRobot, IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useLiveAgents } from "../../rpc/index.ts";
import { type Action, canStart, paths, useDialogParam } from "../../workbench/index.ts";
import { useStartAgent } from "./use-start-agent.ts";

const ICON_SIZE = 16;

/** Commands of this feature: start and open every agent, add one. */
export function useAgentActions(): readonly Action[] {
  const { t } = useTranslation("agents");
  const [, navigate] = useLocation();
  const agents = useLiveAgents().data ?? [];
  const add = useDialogParam("add");
  const { start } = useStartAgent((run) => navigate(paths.run(run.id)));
  return [
    ...agents.filter(canStart).map(
      (agent): Action => ({
        id: `agents.start:${agent.name}`,
        group: "agents",
        label: t("actions.start", { agent: agent.name }),
        icon: <IconPlayerPlay size={ICON_SIZE} />,
        run: () => start(agent),
      }),
    ),
    {
      id: "agents.add",
      group: "agents",
      label: t("actions.add"),
      icon: <IconFolderPlus size={ICON_SIZE} />,
      run: () => add.open("folder"),
    },
    {
      id: "agents.samples",
      group: "agents",
      label: t("actions.samples"),
      icon: <IconSparkles size={ICON_SIZE} />,
      run: () => add.open("samples"),
    },
    ...agents.map(
      (agent): Action => ({
        id: `agents.open:${agent.name}`,
        group: "navigate",
        label: t("actions.open", { agent: agent.name }),
        icon: <IconRobot size={ICON_SIZE} />,
        run: () => navigate(paths.agent(agent.name)),
      }),
    ),
  ];
}
