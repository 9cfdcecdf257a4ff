import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconCheck, IconFileAlert, IconFolderOff, IconServerOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Run } from "#contract/run.ts";
import { ErrorPanel, onceClicked, parts, RelativeTime, StateMark } from "../../ui/index.ts";
import {
  type Attention,
  type AttentionItem,
  attentionKey,
  MendVaultButton,
  paths,
  waitsForVault,
} from "../../workbench/index.ts";
import { useReasonText, useRunActions } from "../runs/index.ts";
import css from "./bridge.module.css";

const ICON_PX = 16;

/** What does not go on, or not well, until a person looks at it; each with what to do. */
export function AttentionList({ items, markSeen }: Attention) {
  const { t } = useTranslation("bridge");
  if (items.length === 0) return <p className={css["hint"]}>{t("attention.none")}</p>;
  return (
    <ul className={css["list"]}>
      {items.map((item) => (
        <li key={attentionKey(item)} className={css["attention"]}>
          {item.kind === "run" ? <RunItem item={item} /> : <OtherItem item={item} />}
          <Tooltip label={t("attention.seen")}>
            <ActionIcon
              aria-label={t("attention.seenNamed", { name: nameOf(item) })}
              onClick={() => markSeen([item])}
            >
              <IconCheck size={16} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}

function nameOf(item: AttentionItem): string {
  if (item.kind === "run") return item.run.agent;
  return item.kind === "target" ? item.name : item.agent;
}

function RunItem({ item }: { readonly item: Extract<AttentionItem, { kind: "run" }> }) {
  const { run } = item;
  const { t } = useTranslation("bridge");
  const [, navigate] = useLocation();
  const reason = useReasonText()(run.reason);
  const actions = useRunActions(run);
  return (
    <Item
      mark={<StateMark state={run.state} />}
      title={run.agent}
      when={<RelativeTime atMs={run.endedAtMs ?? run.createdAtMs} />}
      text={reason}
      todo={t(`attention.${adviceFor(run)}`)}
    >
      <Button variant="default" size="compact-xs" onClick={() => navigate(paths.run(run.id))}>
        {t("attention.openRun")}
      </Button>
      {waitsForVault(run) && <MendVaultButton />}
      {item.canStartAgain && (
        <Button
          variant="default"
          size="compact-xs"
          loading={actions.isStarting}
          onClick={onceClicked(actions.startAgain)}
        >
          {t("attention.startAgain")}
        </Button>
      )}
      {actions.failure !== null && <ErrorPanel isInline failure={actions.failure} />}
    </Item>
  );
}

function adviceFor(run: Run): "runFailed" | "runLost" | "runWaiting" {
  if (run.state === "lost") return "runLost";
  return run.state === "needs-attention" ? "runWaiting" : "runFailed";
}

function OtherItem({ item }: { readonly item: Exclude<AttentionItem, { kind: "run" }> }) {
  const { t } = useTranslation("bridge");
  const [, navigate] = useLocation();
  switch (item.kind) {
    case "manifest":
      return (
        <Item
          mark={<IconFileAlert size={ICON_PX} />}
          title={item.agent}
          todo={t("attention.manifest", { count: item.problemCount })}
        >
          <Button variant="default" size="compact-xs" onClick={() => navigate(paths.agent(item.agent))}>
            {t("attention.openAgent")}
          </Button>
        </Item>
      );
    case "folder-gone":
      return (
        <Item
          mark={<IconFolderOff size={ICON_PX} />}
          title={item.agent}
          todo={t("attention.folderGone", { folder: item.folder })}
        >
          <Button variant="default" size="compact-xs" onClick={() => navigate(paths.agent(item.agent))}>
            {t("attention.openRun")}
          </Button>
        </Item>
      );
    case "target":
      return (
        <Item mark={<IconServerOff size={ICON_PX} />} title={item.name} todo={t("attention.target")}>
          <Button variant="default" size="compact-xs" onClick={() => navigate(paths.target(item.target))}>
            {t("attention.openTarget")}
          </Button>
        </Item>
      );
  }
}

interface ItemProps {
  readonly mark: ReactNode;
  readonly title: string;
  readonly when?: ReactNode;
  readonly text?: string;
  readonly todo: string;
  readonly children: ReactNode;
}

function Item({ mark, title, when, text = "", todo, children }: ItemProps) {
  return (
    <>
      <span className={css["attentionMark"]}>{mark}</span>
      <div className={css["attentionBody"]}>
        <div className={css["attentionHead"]}>
          <strong>{title}</strong>
          <span className={css["when"]}>{when}</span>
        </div>
        {text !== "" && <p>{text}</p>}
        <p className={parts["dimmed"]}>{todo}</p>
        <div className={css["attentionActs"]}>{children}</div>
      </div>
    </>
  );
}
