import { Button } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Container } from "#contract/engine.ts";
import { parts } from "../../ui/index.ts";
import { canAct } from "./container-rules.ts";
import type { ContainerActs } from "./use-container-acts.tsx";

interface SelectionBarProps {
  readonly containers: readonly Container[];
  readonly acts: ContainerActs;
  readonly onClear: () => void;
}

const ICONS = {
  start: <IconPlayerPlay size={14} />,
  stop: <IconPlayerStop size={14} />,
  restart: <IconRefresh size={14} />,
  pause: undefined,
  unpause: undefined,
  kill: undefined,
} as const;

/** What can be done to all selected containers at once. */
export function SelectionBar({ containers, acts, onClear }: SelectionBarProps) {
  const { t } = useTranslation(["engines", "common"]);
  return (
    <div className={parts["selection"]} role="toolbar" aria-label={t("selection")}>
      <strong>{t("common:table.selected", { count: containers.length })}</strong>
      {(["start", "stop", "restart", "pause", "unpause", "kill"] as const).map((action) => {
        const isUseful = containers.some((container) => canAct(container, action));
        if (!isUseful && action !== "start" && action !== "stop") return null;
        return (
          <Button
            key={action}
            variant="default"
            leftSection={ICONS[action]}
            disabled={!isUseful}
            onClick={() => acts.act(containers, action)}
          >
            {t(`act.${action}`)}
          </Button>
        );
      })}
      <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => acts.remove(containers)}>
        {t("act.remove")}
      </Button>
      <Button variant="subtle" color="gray" onClick={onClear}>
        {t("act.clearSelection")}
      </Button>
    </div>
  );
}
