import { ActionIcon, Button, Popover } from "@mantine/core";
import { IconAlertTriangle, IconBell, IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useCommand, useRpc } from "../../rpc/index.ts";
import { RelativeTime, StateMark } from "../../ui/index.ts";
import {
  type AttentionItem,
  attentionKey,
  MendVaultButton,
  paths,
  showFailure,
  useAllowFirst,
  useAttention,
  waitsForVault,
} from "../../workbench/index.ts";
import classes from "./shell.module.css";

/** The bell: how many things need a person, and a list in which each can be opened or mended. */
export function AttentionBell() {
  const { t } = useTranslation();
  const { items, markSeen } = useAttention();
  const [isOpen, setOpen] = useState(false);
  const label =
    items.length === 0 ? t("top.attentionNone") : t("top.attentionCount", { count: items.length });
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={400} shadow="md" trapFocus>
      <Popover.Target>
        <ActionIcon size="lg" aria-label={label} title={label} onClick={() => setOpen(!isOpen)}>
          <IconBell size={18} stroke={1.6} />
          {items.length > 0 && (
            <span className={classes.bellCount} aria-hidden="true">
              {items.length > 99 ? "99+" : items.length}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("top.attention")}>
        {items.length === 0 ? (
          <div className={classes.bellEmpty}>
            <strong>{t("top.attentionNone")}</strong>
            <p>{t("top.attentionNoneHint")}</p>
          </div>
        ) : (
          <>
            <ul className={classes.bellList}>
              {items.map((item) => (
                <Item
                  key={attentionKey(item)}
                  item={item}
                  onSeen={() => markSeen([item])}
                  onDone={() => setOpen(false)}
                />
              ))}
            </ul>
            <div className={classes.bellFoot}>
              <Button variant="subtle" color="gray" onClick={() => markSeen(items)}>
                {t("attention.seenAll")}
              </Button>
            </div>
          </>
        )}
      </Popover.Dropdown>
      <span className="ph-visually-hidden" role="status" aria-live="polite">
        {items.length > 0 ? label : ""}
      </span>
    </Popover>
  );
}

function addressOf(item: AttentionItem): string {
  if (item.kind === "run") return paths.run(item.run.id);
  return item.kind === "target" ? paths.target(item.target) : paths.agent(item.agent);
}

function useItemText(item: AttentionItem): string {
  const { t } = useTranslation();
  switch (item.kind) {
    case "run": {
      const { agent, state } = item.run;
      if (state === "needs-attention") return t("attention.runNeedsAttention", { agent });
      return state === "lost" ? t("attention.runLost", { agent }) : t("attention.runFailed", { agent });
    }
    case "manifest":
      return t("attention.manifest", { agent: item.agent, count: item.problemCount });
    case "folder-gone":
      return t("attention.folderGone", { agent: item.agent });
    case "target":
      return t("attention.target", { target: item.name, count: 1 });
  }
}

interface ItemProps {
  readonly item: AttentionItem;
  readonly onSeen: () => void;
  readonly onDone: () => void;
}

function Item({ item, onSeen, onDone }: ItemProps) {
  const { t } = useTranslation();
  const rpc = useRpc();
  const allowFirst = useAllowFirst();
  const again = useCommand(
    (run: Extract<AttentionItem, { kind: "run" }>["run"]) =>
      allowFirst(run.agent, () => rpc.runs.startAgain.mutate({ runId: run.id })),
    { onFailure: showFailure, onDone },
  );
  const text = useItemText(item);
  return (
    <li className={classes.bellItem}>
      <span className={classes.bellMark}>
        {item.kind === "run" ? (
          <StateMark state={item.run.state} />
        ) : (
          <IconAlertTriangle size={14} aria-hidden="true" />
        )}
      </span>
      <Link to={addressOf(item)} className={classes.bellText} onClick={onDone}>
        <span>{text}</span>
        {item.kind === "run" && (
          <small>
            <RelativeTime atMs={item.run.endedAtMs ?? item.run.createdAtMs} />
          </small>
        )}
      </Link>
      {item.kind === "run" && waitsForVault(item.run) && <MendVaultButton onOpen={onDone} />}
      {item.kind === "run" && item.canStartAgain && (
        <Button variant="default" loading={again.isBusy} onClick={() => again.run(item.run)}>
          {t("attention.startAgain")}
        </Button>
      )}
      <ActionIcon aria-label={`${t("attention.seen")}: ${text}`} title={t("attention.seen")} onClick={onSeen}>
        <IconCheck size={16} stroke={1.6} />
      </ActionIcon>
    </li>
  );
}
