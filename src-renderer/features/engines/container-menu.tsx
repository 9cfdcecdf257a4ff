import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconDots, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, ContainerAction } from "#contract/engine.ts";
import { canAct } from "./container-rules.ts";
import css from "./engines.module.css";
import type { ContainerActs } from "./use-container-acts.tsx";

interface ContainerMenuProps {
  readonly container: Container;
  readonly acts: ContainerActs;
}

/** The next step of a row as a button, everything else in a menu that is made when it is opened. */
export function ContainerMenu({ container, acts }: ContainerMenuProps) {
  const { t } = useTranslation("engines");
  const [isOpen, setOpen] = useState(false);
  // It stays once it was made, so that the focus has a place to come back to.
  const [isMade, setMade] = useState(false);
  const next = canAct(container, "stop") ? "stop" : "start";
  const isBusy = acts.underWay.has(container.id);
  const more = (
    <ActionIcon
      size="sm"
      aria-label={t("act.moreFor", { name: container.name })}
      aria-haspopup="menu"
      onClick={() => {
        setMade(true);
        if (!isMade) setOpen(true);
      }}
    >
      <IconDots size={16} />
    </ActionIcon>
  );
  return (
    <span className={css["rowActs"]}>
      <Tooltip label={t(`act.${next}`)}>
        <ActionIcon
          size="sm"
          aria-label={t(`actFor.${next}`, { name: container.name })}
          loading={isBusy}
          disabled={!canAct(container, next)}
          onClick={() => acts.act([container], next)}
        >
          {next === "stop" ? <IconPlayerStop size={16} /> : <IconPlayerPlay size={16} />}
        </ActionIcon>
      </Tooltip>
      {isMade ? (
        <Menu opened={isOpen} onChange={setOpen} position="bottom-end">
          <Menu.Target>{more}</Menu.Target>
          <ContainerMenuItems container={container} acts={acts} />
        </Menu>
      ) : (
        more
      )}
    </span>
  );
}

const ROUTINE: readonly ContainerAction[] = ["start", "stop", "restart", "pause", "unpause"];

export function ContainerMenuItems({ container, acts }: ContainerMenuProps) {
  const { t } = useTranslation("engines");
  return (
    <Menu.Dropdown>
      {ROUTINE.filter((action) => canAct(container, action)).map((action) => (
        <Menu.Item key={action} onClick={() => acts.act([container], action)}>
          {t(`act.${action}`)}
        </Menu.Item>
      ))}
      <Menu.Item onClick={() => acts.rename(container)}>{t("act.rename")}</Menu.Item>
      <Menu.Divider />
      {canAct(container, "kill") && (
        <Menu.Item color="red" c="var(--ph-red)" onClick={() => acts.act([container], "kill")}>
          {t("act.kill")}
        </Menu.Item>
      )}
      <Menu.Item color="red" c="var(--ph-red)" onClick={() => acts.remove([container])}>
        {t("act.remove")}
      </Menu.Item>
    </Menu.Dropdown>
  );
}
